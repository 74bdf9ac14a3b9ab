package dev.millrace.transforms.window;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of one key: those that are stored of it, or those of events that came in any order.
 * Bytes are decoded when they are first read.
 */
public final class TileSet implements StoredTiles {
  private static final NavigableMap<Long, Object> NONE = new TreeMap<>();

  private final TileLayout layout;
  private final Map<Long, NavigableMap<Long, Object>> tilesOfHop = new HashMap<>();

  TileSet(TileLayout layout) {
    this.layout = layout;
  }

  /** Puts a tile as it was encoded; {@code start} is the first microsecond of its hop. */
  public void put(long hop, long start, byte[] tile) {
    tiles(hop).put(start, tile);
  }

  public void put(long hop, long start, Tile tile) {
    tiles(hop).put(start, tile);
  }

  /** Takes an event into its tile of each level; {@code time} is in microseconds. */
  public void add(long time, SpecializedGetters event) {
    for (long hop : layout.hops()) {
      long start = Window.floor(time, hop);
      Tile tile = find(hop, start);
      if (tile == null) {
        tile = layout.empty(hop);
        put(hop, start, tile);
      }
      tile.add(event);
    }
  }

  /** Merges other events' tiles into these; the others stay as they are. */
  public void merge(TileSet others) {
    others.tilesOfHop.forEach(
        (hop, ofHop) -> List.copyOf(ofHop.keySet()).forEach(start -> merge(hop, start, others)));
  }

  private void merge(long hop, long start, TileSet others) {
    Tile here = find(hop, start);
    if (here == null) {
      put(hop, start, others.encoded(hop, start));
    } else {
      here.merge(Objects.requireNonNull(others.find(hop, start)));
    }
  }

  /** The starts of the tiles of a hop, from one on. */
  long[] startsFrom(long hop, long oldest) {
    return tilesOfHop.getOrDefault(hop, NONE).tailMap(oldest).keySet().stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  /** The bytes of a tile that is there. */
  byte[] encoded(long hop, long start) {
    Object tile = Objects.requireNonNull(tiles(hop).get(start));
    return tile instanceof Tile decoded ? decoded.encode() : (byte[]) tile;
  }

  /** The tiles' bytes in one piece, which {@link TileLayout#packed} reads. */
  public byte[] pack() {
    return PackedTiles.pack(tilesOfHop);
  }

  /**
   * Gives out the tiles that a reader at {@code end} or later needs: those that a {@link
   * TileWriter} makes of the same events, finest level first.
   */
  public void giveOut(long end, TileWriter.Out out) {
    Map<Long, Map<Long, Integer>> under = new HashMap<>();
    for (TileLevel level : layout.levels()) {
      TileLevel above = layout.levels().size() == 1 ? null : layout.above(level);
      for (long start : List.copyOf(tiles(level.hop()).tailMap(level.oldest(end)).keySet())) {
        int finer = under.getOrDefault(level.hop(), Map.of()).getOrDefault(start, 0);
        boolean kept = level.keeps(finer);
        if (kept) {
          out.tile(level.hop(), start, Objects.requireNonNull(find(level.hop(), start)));
        }
        if (above != null) {
          under
              .computeIfAbsent(above.hop(), none -> new HashMap<>())
              .merge(Window.floor(start, above.hop()), kept ? 1 : finer, Integer::sum);
        }
      }
    }
  }

  /** Drops the tiles that no reader at {@code time} or later needs. */
  void dropUnreached(long time) {
    for (TileLevel level : layout.levels()) {
      tiles(level.hop()).headMap(level.oldest(time)).clear();
    }
  }

  private NavigableMap<Long, Object> tiles(long hop) {
    return tilesOfHop.computeIfAbsent(hop, key -> new TreeMap<>());
  }

  @Override
  public long next(long hop, long from) {
    Long found = tilesOfHop.getOrDefault(hop, NONE).ceilingKey(from);
    return found == null ? NO_TILE : found;
  }

  @Override
  public @Nullable Tile find(long hop, long start) {
    Object found = tilesOfHop.getOrDefault(hop, NONE).get(start);
    if (found instanceof byte[] bytes) {
      Tile tile = layout.decode(hop, bytes);
      put(hop, start, tile);
      return tile;
    }
    return (Tile) found;
  }
}
