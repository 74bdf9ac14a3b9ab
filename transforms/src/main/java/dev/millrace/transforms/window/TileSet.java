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
   * Takes in tiles of events that came later. A cover that is not here says nothing of the events
   * before, so that it is not begun; {@link #settle} makes it where it pays.
   */
  public void take(TileSet later) {
    for (TileLevel level : layout.levels()) {
      for (long start : List.copyOf(later.tiles(level.hop()).keySet())) {
        if (level.isLeaf() || tiles(level.hop()).containsKey(start)) {
          merge(level.hop(), start, later);
        }
      }
    }
  }

  /**
   * Drops what no reader at {@code end} or later needs, and makes the covers that pay: what stays
   * is what {@link #giveOut} gives of all the events, in whatever batches they were taken in.
   */
  public void settle(long end) {
    dropUnreached(end);
    Map<Long, NavigableMap<Long, Integer>> under = new HashMap<>();
    for (TileLevel level : layout.levels()) {
      NavigableMap<Long, Object> here = tiles(level.hop());
      NavigableMap<Long, Integer> finer = under.getOrDefault(level.hop(), new TreeMap<>());
      finer.headMap(level.oldest(end)).clear();
      NavigableMap<Long, Integer> counts = new TreeMap<>(finer);
      here.keySet().forEach(start -> counts.putIfAbsent(start, 0));
      TileLevel above = layout.above(level);
      counts.forEach(
          (start, count) -> {
            boolean kept = level.keeps(count);
            if (!kept) {
              here.remove(start);
            } else if (!here.containsKey(start)) {
              here.put(start, covering(level, start));
            }
            if (above != null) {
              under
                  .computeIfAbsent(above.hop(), none -> new TreeMap<>())
                  .merge(Window.floor(start, above.hop()), kept ? 1 : count, Integer::sum);
            }
          });
    }
  }

  private Tile covering(TileLevel level, long start) {
    Tile cover = layout.empty(level.hop());
    for (int part = 0; part < level.parts().size(); part++) {
      TileLevel leaves = layout.leavesUnder(level, level.parts().get(part).call());
      int ofLeaves = leaves.indexOf(level.parts().get(part).call());
      NavigableMap<Long, Object> under = tiles(leaves.hop());
      for (long leaf : List.copyOf(under.subMap(start, start + level.hop()).keySet())) {
        cover.mergePart(part, Objects.requireNonNull(find(leaves.hop(), leaf)), ofLeaves);
      }
    }
    return cover;
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
