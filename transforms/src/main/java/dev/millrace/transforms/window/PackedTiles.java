package dev.millrace.transforms.window;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of one key in one piece of bytes, which are merged as they are read:
 *
 * <pre>
 *   number of levels
 *   of each level, shortest hop first:
 *     hop in microseconds, number of tiles
 *     start of each tile in hops: the first, then the distance from the one before
 *     length of each tile in bytes
 *   the tiles, in the same order
 * </pre>
 */
public final class PackedTiles implements StoredTiles {
  /** The tiles of one hop; {@code ends} are places in the bytes. */
  private static final class Run {
    final long hop;
    final long[] starts;
    final int[] ends;
    int begin;

    /** Where the last answer was: a reader goes on from there. */
    private int last;

    Run(long hop, int count) {
      this.hop = hop;
      this.starts = new long[count];
      this.ends = new int[count];
    }

    /**
     * The place of the first tile that starts at a time or later; past the last where none does.
     */
    int ceiling(long from) {
      int low = 0;
      int high = last - 1;
      if (last == 0 || starts[last - 1] < from) {
        // Mostly a few further on.
        low = last;
        high = last;
        for (int step = 1; high < starts.length && starts[high] < from; step *= 2) {
          low = high + 1;
          high += step;
        }
        high = Math.min(high, starts.length);
      }
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (starts[middle] < from) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      last = low;
      return low;
    }
  }

  private final TileLayout layout;
  private final byte[] bytes;

  /** In the order of the bytes, and by the place of the level. */
  private final Run[] runs;

  private final @Nullable Run[] ofLevel;

  /** Reads what {@link #pack} wrote, from one place to before another. */
  PackedTiles(TileLayout layout, byte[] bytes, int from, int end) {
    this.layout = layout;
    this.bytes = bytes;
    ByteReader in = new ByteReader(bytes, "pack of tiles", from, end);
    this.runs = new Run[in.readSize()];
    this.ofLevel = new Run[layout.levels().size()];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = run(in);
      ofLevel[layout.levelOf(runs[i].hop)] = runs[i];
    }
    int at = in.at();
    for (Run run : runs) {
      run.begin = at;
      for (int i = 0; i < run.ends.length; i++) {
        at = Math.addExact(at, run.ends[i]);
        run.ends[i] = at;
      }
    }
    if (at != end) {
      throw in.wrong("the tiles take " + (at - in.at()) + " bytes");
    }
  }

  private Run run(ByteReader in) {
    long hop = in.readCount();
    Run run = new Run(hop, in.readSize());
    if (run.starts.length > 0) {
      run.starts[0] = in.readSigned();
      in.readCounts(run.starts, 1);
    }
    long start = 0;
    for (int i = 0; i < run.starts.length; i++) {
      start += run.starts[i];
      run.starts[i] = start * hop;
    }
    in.readSizes(run.ends);
    return run;
  }

  /** The bytes of tiles, each encoded or a {@link Tile}, by hop and start. */
  public static byte[] pack(Map<Long, ? extends NavigableMap<Long, ?>> tilesOfHop) {
    Map<Long, NavigableMap<Long, ?>> levels = new TreeMap<>(tilesOfHop);
    levels.values().removeIf(NavigableMap::isEmpty);
    ByteWriter out = new ByteWriter();
    List<byte[]> tiles = new ArrayList<>();
    out.writeUnsigned(levels.size());
    levels.forEach(
        (hop, ofHop) -> {
          out.writeUnsigned(hop);
          out.writeUnsigned(ofHop.size());
          long before = 0;
          boolean first = true;
          for (long start : ofHop.keySet()) {
            long inHops = Math.floorDiv(start, hop);
            if (first) {
              out.writeSigned(inHops);
            } else {
              out.writeUnsigned(inHops - before);
            }
            before = inHops;
            first = false;
          }
          for (Object tile : ofHop.values()) {
            byte[] encoded = tile instanceof Tile decoded ? decoded.encode() : (byte[]) tile;
            out.writeUnsigned(encoded.length);
            tiles.add(encoded);
          }
        });
    tiles.forEach(tile -> out.writeRaw(tile, 0, tile.length));
    return out.toBytes();
  }

  /** The same tiles, to be changed. */
  public TileSet toSet() {
    return toSet(Long.MIN_VALUE);
  }

  /** The same tiles, whose {@link TileSet#end} is known. */
  public TileSet toSet(long end) {
    TileSet set = new TileSet(layout, end);
    for (Run run : runs) {
      for (int i = 0; i < run.starts.length; i++) {
        set.put(run.hop, run.starts[i], Arrays.copyOfRange(bytes, start(run, i), run.ends[i]));
      }
    }
    return set;
  }

  /**
   * The bytes of these tiles and those of events that came later, without what no reader at {@code
   * end} or later needs: what {@link TileSet#giveOut} gives of all the events, in whatever batches
   * they came.
   */
  public byte[] with(TileSet later, long end) {
    return new TileMerge(layout, this, later, end).bytes();
  }

  byte[] bytes() {
    return bytes;
  }

  /** Takes the tiles of a hop as they lie in the bytes. */
  interface Places {
    void tile(long start, int from, int end);
  }

  /** Gives out where the tiles of a hop that start at {@code oldest} or later lie, in order. */
  void places(TileLevel level, long oldest, Places into) {
    Run run = ofLevel[level.index()];
    if (run == null) {
      return;
    }
    for (int i = run.ceiling(oldest); i < run.starts.length; i++) {
      into.tile(run.starts[i], start(run, i), run.ends[i]);
    }
  }

  private static int start(Run run, int index) {
    return index == 0 ? run.begin : run.ends[index - 1];
  }

  @Override
  public long next(TileLevel level, long from) {
    Run run = ofLevel[level.index()];
    if (run == null) {
      return NO_TILE;
    }
    int index = run.ceiling(from);
    return index == run.starts.length ? NO_TILE : run.starts[index];
  }

  @Override
  public @Nullable StoredTile find(TileLevel level, long start) {
    Run run = ofLevel[level.index()];
    int index = run == null ? -1 : run.ceiling(start);
    return run == null || index == run.starts.length || run.starts[index] != start
        ? null
        : new PackedTile(level.parts(), bytes, start(run, index), run.ends[index]);
  }
}
