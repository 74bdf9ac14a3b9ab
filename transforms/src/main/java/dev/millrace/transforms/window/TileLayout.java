package dev.millrace.transforms.window;

import static java.util.Comparator.comparing;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * How a view's tiles are laid out: for each hop that its windows use, one tile a hop of time,
 * holding the accumulators of the distinct aggregations over that hop in the order of their text,
 * so that definitions whose features differ in order alone have the same tiles. A tile's bytes are
 * those accumulators' canonical bytes, one after the other.
 */
public final class TileLayout {
  private record Part<AccT>(AggregateCall call, Aggregation<AccT> aggregation, int ordinal) {
    void addTo(Object accumulator, SpecializedGetters row) {
      aggregation.add(cast(accumulator), row, ordinal);
    }

    void merge(Object into, Object from) {
      aggregation.merge(cast(into), cast(from));
    }

    void encode(Object accumulator, ByteWriter out) {
      aggregation.encode(cast(accumulator), out);
    }

    @Nullable Object present(Object accumulator) {
      return aggregation.present(cast(accumulator));
    }

    @SuppressWarnings("unchecked")
    private AccT cast(Object accumulator) {
      return (AccT) accumulator;
    }
  }

  /** The accumulators of one tile, or the merge of several. */
  public static final class Tile {
    private final List<Part<?>> parts;
    private final List<Object> accumulators = new ArrayList<>();

    private Tile(List<Part<?>> parts) {
      this.parts = parts;
      parts.forEach(part -> accumulators.add(part.aggregation.zero()));
    }

    public void add(SpecializedGetters row) {
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).addTo(accumulators.get(i), row);
      }
    }

    public void merge(Tile from) {
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).merge(accumulators.get(i), from.accumulators.get(i));
      }
    }

    public byte[] encode() {
      ByteWriter out = new ByteWriter();
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).encode(accumulators.get(i), out);
      }
      return out.toBytes();
    }
  }

  private final List<WindowedAggregation> windows;
  private final SortedMap<Long, List<Part<?>>> partsOfHop = new TreeMap<>();

  public TileLayout(List<WindowedAggregation> windows) {
    this.windows = List.copyOf(windows);
    for (WindowedAggregation window : windows) {
      List<Part<?>> parts =
          partsOfHop.computeIfAbsent(window.window().hop(), hop -> new ArrayList<>());
      if (parts.stream().noneMatch(part -> part.call.equals(window.call()))) {
        parts.add(new Part<>(window.call(), window.aggregation(), window.ordinal()));
      }
    }
    partsOfHop.values().forEach(parts -> parts.sort(comparing(part -> part.call.toString())));
  }

  /** The hops of the layout in microseconds, shortest first. */
  public List<Long> hops() {
    return List.copyOf(partsOfHop.keySet());
  }

  /** The longest window that reads tiles of this hop, in microseconds. */
  public long reach(long hop) {
    return windows.stream()
        .filter(window -> window.window().hop() == hop)
        .mapToLong(window -> window.window().length())
        .max()
        .orElseThrow();
  }

  /** The tile of no events. */
  public Tile empty(long hop) {
    return new Tile(parts(hop));
  }

  public Tile decode(long hop, byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Tile tile = new Tile(parts(hop));
    for (int i = 0; i < tile.parts.size(); i++) {
      tile.accumulators.set(i, tile.parts.get(i).aggregation.decode(in));
    }
    if (!in.atEnd()) {
      throw new IllegalArgumentException("a tile with bytes after its last accumulator");
    }
    return tile;
  }

  /**
   * The value of every window at a time, in the order of the definition.
   *
   * @param time in microseconds; tiles from it on are left out
   * @param tilesOfHop for each hop, its tiles by the start of their hop; those that are not there
   *     hold no events
   */
  public List<@Nullable Object> present(
      long time, SortedMap<Long, ? extends SortedMap<Long, Tile>> tilesOfHop) {
    List<@Nullable Object> values = new ArrayList<>();
    for (WindowedAggregation window : windows) {
      long hop = window.window().hop();
      Tile merged = empty(hop);
      SortedMap<Long, Tile> tiles = tilesOfHop.get(hop);
      if (tiles != null) {
        tiles.subMap(window.window().start(time), time).values().forEach(merged::merge);
      }
      values.add(value(merged, window.call()));
    }
    return values;
  }

  private static @Nullable Object value(Tile tile, AggregateCall call) {
    for (int i = 0; i < tile.parts.size(); i++) {
      if (tile.parts.get(i).call.equals(call)) {
        return tile.parts.get(i).present(tile.accumulators.get(i));
      }
    }
    throw new IllegalStateException("no part of the tile is " + call);
  }

  private List<Part<?>> parts(long hop) {
    List<Part<?>> parts = partsOfHop.get(hop);
    if (parts == null) {
      throw new IllegalArgumentException(
          "no tiles of hop " + hop + " microseconds: there are " + new TreeSet<>(hops()));
    }
    return parts;
  }
}
