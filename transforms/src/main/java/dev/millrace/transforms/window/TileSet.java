package dev.millrace.transforms.window;

import java.util.ArrayList;
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
  private final TileLayout layout;

  /** By start, those of each level: as bytes, or as a {@link Tile}. */
  private final List<NavigableMap<Long, Object>> ofLevel;

  private long end;

  TileSet(TileLayout layout, long end) {
    this.layout = layout;
    this.end = end;
    this.ofLevel = new ArrayList<>(layout.levels().size());
    layout.levels().forEach(level -> ofLevel.add(new TreeMap<>()));
  }

  /** Puts a tile as it was encoded; {@code start} is the first microsecond of its hop. */
  public void put(long hop, long start, byte[] tile) {
    tiles(hop).put(start, tile);
  }

  /**
   * Takes an event into its tile of each level; {@code time} is in microseconds. One that is alone
   * in its tiles is accumulated once for all of them.
   */
  public void add(long time, SpecializedGetters event) {
    end = Math.max(end, time + 1);
    byte @Nullable [] alone = null;
    int[] ends = new int[layout.parts()];
    for (int level = 0; level < ofLevel.size(); level++) {
      TileLevel of = layout.levels().get(level);
      long start = Window.floor(time, of.hop());
      NavigableMap<Long, Object> tiles = ofLevel.get(level);
      Object there = tiles.get(start);
      if (there == null) {
        alone = alone == null ? layout.alone(event, ends) : alone;
        tiles.put(start, of.tile(alone, ends));
      } else {
        decoded(of, tiles, start, there).add(event);
      }
    }
  }

  /** Merges other events' tiles into these; the others stay as they are. */
  public void merge(TileSet others) {
    end = Math.max(end, others.end);
    for (int level = 0; level < ofLevel.size(); level++) {
      TileLevel of = layout.levels().get(level);
      NavigableMap<Long, Object> tiles = ofLevel.get(level);
      NavigableMap<Long, Object> more = others.ofLevel.get(level);
      more.forEach(
          (start, tile) -> {
            Object there = tiles.get(start);
            if (there == null) {
              tiles.put(start, encoded(tile));
            } else {
              Tile other = tile instanceof Tile decoded ? decoded : of.decode((byte[]) tile);
              decoded(of, tiles, start, there).merge(other);
            }
          });
    }
  }

  /**
   * The microsecond after the last event that was added, here or in what was merged; the least
   * number where none was, as tiles that are read from bytes do not tell.
   */
  public long end() {
    return end;
  }

  private static Tile decoded(
      TileLevel of, NavigableMap<Long, Object> tiles, long start, Object there) {
    if (there instanceof Tile decoded) {
      return decoded;
    }
    Tile tile = of.decode((byte[]) there);
    tiles.put(start, tile);
    return tile;
  }

  private static byte[] encoded(Object tile) {
    return tile instanceof Tile decoded ? decoded.encode() : (byte[]) tile;
  }

  /** The starts of the tiles of a hop, from one on. */
  long[] startsFrom(long hop, long oldest) {
    return tiles(hop).tailMap(oldest).keySet().stream().mapToLong(Long::longValue).toArray();
  }

  /** The bytes of a tile that is there. */
  byte[] encoded(long hop, long start) {
    return encoded(Objects.requireNonNull(tiles(hop).get(start)));
  }

  /** The tiles' bytes in one piece, which {@link TileLayout#packed} reads. */
  public byte[] pack() {
    Map<Long, NavigableMap<Long, Object>> ofHop = new HashMap<>();
    for (int level = 0; level < ofLevel.size(); level++) {
      ofHop.put(layout.hops().get(level), ofLevel.get(level));
    }
    return PackedTiles.pack(ofHop);
  }

  /**
   * Gives out the tiles that a reader at {@code end} or later needs: those that a {@link
   * TileWriter} makes of the same events, finest level first.
   */
  public void giveOut(long end, TileWriter.Out out) {
    TileCounts[] counts = new TileCounts[ofLevel.size()];
    for (TileLevel level : layout.levels()) {
      long oldest = level.oldest(end);
      TileCounts stands = new TileCounts();
      counts[level.index()] = stands;
      if (level.isLeaf()) {
        for (long start : startsFrom(level.hop(), oldest)) {
          out.tile(level.hop(), start, encoded(level.hop(), start));
          stands.add(start, 1);
        }
        continue;
      }
      TileCounts under = counts[layout.under(level).index()].under(level.hop());
      for (int i = 0; i < under.size(); i++) {
        long start = under.start(i);
        boolean kept = start >= oldest && level.keeps(under.count(i));
        if (kept) {
          out.tile(level.hop(), start, encoded(level.hop(), start));
        }
        stands.add(start, kept ? 1 : under.count(i));
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
    return ofLevel.get(layout.levelOf(hop));
  }

  @Override
  public long next(TileLevel level, long from) {
    Long found = ofLevel.get(level.index()).ceilingKey(from);
    return found == null ? NO_TILE : found;
  }

  @Override
  public @Nullable Tile find(TileLevel level, long start) {
    NavigableMap<Long, Object> tiles = ofLevel.get(level.index());
    Object there = tiles.get(start);
    return there == null ? null : decoded(level, tiles, start, there);
  }
}
