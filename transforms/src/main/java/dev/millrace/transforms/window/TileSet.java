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
public final class TileSet {
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

  /**
   * Merges other events' tiles into these, which are kept as bytes from here on; the others stay as
   * they are.
   */
  public void merge(TileSet others) {
    others.tilesOfHop.forEach(
        (hop, ofHop) -> List.copyOf(ofHop.keySet()).forEach(start -> merge(hop, start, others)));
  }

  private void merge(long hop, long start, TileSet others) {
    Tile merged = layout.empty(hop);
    Tile here = find(hop, start);
    if (here != null) {
      merged.merge(here);
    }
    merged.merge(Objects.requireNonNull(others.find(hop, start)));
    put(hop, start, merged.encode());
  }

  /**
   * Gives out the tiles that a reader at {@code end} or later needs: those that a {@link
   * TileWriter} makes of the same events, finest level first.
   */
  public void giveOut(long end, TileWriter.Out out) {
    Map<Long, Map<Long, Integer>> under = new HashMap<>();
    for (TileLevel level : layout.levels()) {
      TileLevel above = layout.above(level);
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

  /** The start of the first tile of a hop that starts at {@code from} or later, if any. */
  @Nullable Long next(long hop, long from) {
    return tilesOfHop.getOrDefault(hop, NONE).ceilingKey(from);
  }

  @Nullable Tile find(long hop, long start) {
    Object found = tilesOfHop.getOrDefault(hop, NONE).get(start);
    if (found instanceof byte[] bytes) {
      Tile tile = layout.decode(hop, bytes);
      put(hop, start, tile);
      return tile;
    }
    return (Tile) found;
  }
}
