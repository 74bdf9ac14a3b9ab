package dev.millrace.transforms.window;

import dev.millrace.transforms.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Adds tiles of later events to packed ones, and leaves away what no reader needs any more. Tiles
 * that do not change are copied and never decoded.
 */
final class TileMerge {
  /** The tiles of one level: where each starts, and the piece of bytes that it is. */
  private static final class Run {
    final TileLevel level;
    long[] starts = new long[16];
    byte[][] sources = new byte[16][];
    int[] froms = new int[16];
    int[] ends = new int[16];
    int size;

    Run(TileLevel level) {
      this.level = level;
    }

    void add(long start, byte[] source, int from, int end) {
      if (size == starts.length) {
        starts = Arrays.copyOf(starts, size * 2);
        sources = Arrays.copyOf(sources, size * 2);
        froms = Arrays.copyOf(froms, size * 2);
        ends = Arrays.copyOf(ends, size * 2);
      }
      starts[size] = start;
      sources[size] = source;
      froms[size] = from;
      ends[size] = end;
      size++;
    }

    void add(long start, byte[] tile) {
      add(start, tile, 0, tile.length);
    }

    int indexFrom(long start) {
      int found = Arrays.binarySearch(starts, 0, size, start);
      return found >= 0 ? found : -found - 1;
    }
  }

  private final TileLayout layout;
  private final PackedTiles here;
  private final TileSet later;
  private final long end;

  /** By the places of the levels. */
  private final List<Run> runs = new ArrayList<>();

  private final List<TileCounts> counts = new ArrayList<>();

  TileMerge(TileLayout layout, PackedTiles here, TileSet later, long end) {
    this.layout = layout;
    this.here = here;
    this.later = later;
    this.end = end;
  }

  byte[] bytes() {
    for (TileLevel level : layout.levels()) {
      Run both = both(level);
      TileCounts stands = new TileCounts();
      runs.add(level.isLeaf() ? leaves(both, stands) : covers(level, both, stands));
      counts.add(stands);
    }
    return packed();
  }

  /** The tiles that are here with those of later events; a cover is not begun. */
  private Run both(TileLevel level) {
    long hop = level.hop();
    long oldest = level.oldest(end);
    Run there = new Run(level);
    here.places(level, oldest, (start, from, to) -> there.add(start, here.bytes(), from, to));
    long[] fresh = later.startsFrom(hop, oldest);
    if (fresh.length == 0) {
      return there;
    }
    Run both = new Run(level);
    int next = 0;
    for (int i = 0; i < there.size; i++) {
      long start = there.starts[i];
      for (; next < fresh.length && fresh[next] < start; next++) {
        addFresh(both, fresh[next]);
      }
      if (next < fresh.length && fresh[next] == start) {
        Tile tile = layout.decode(hop, here.bytes(), there.froms[i], there.ends[i]);
        tile.merge(Objects.requireNonNull(later.find(level, start)));
        both.add(start, tile.encode());
        next++;
      } else {
        both.add(start, there.sources[i], there.froms[i], there.ends[i]);
      }
    }
    for (; next < fresh.length; next++) {
      addFresh(both, fresh[next]);
    }
    return both;
  }

  private void addFresh(Run both, long start) {
    if (both.level.isLeaf()) {
      both.add(start, later.encoded(both.level.hop(), start));
    }
  }

  private static Run leaves(Run both, TileCounts stands) {
    for (int i = 0; i < both.size; i++) {
      stands.add(both.starts[i], 1);
    }
    return both;
  }

  /** The covers that pay: those that are here, and those that now do. */
  private Run covers(TileLevel level, Run there, TileCounts stands) {
    Run kept = new Run(level);
    long oldest = level.oldest(end);
    TileCounts under = counts.get(layout.under(level).index()).under(level.hop());
    for (int i = 0; i < under.size(); i++) {
      long start = under.start(i);
      if (start < oldest || !level.keeps(under.count(i))) {
        stands.add(start, under.count(i));
        continue;
      }
      stands.add(start, 1);
      int found = there.indexFrom(start);
      if (found < there.size && there.starts[found] == start) {
        kept.add(start, there.sources[found], there.froms[found], there.ends[found]);
      } else {
        kept.add(start, covering(level, start).encode());
      }
    }
    return kept;
  }

  private Tile covering(TileLevel level, long start) {
    Tile cover = layout.empty(level.hop());
    for (int part = 0; part < level.parts().size(); part++) {
      TileLevel leaves = layout.leavesUnder(level, level.parts().get(part));
      int ofLeaves = leaves.indexOf(level.parts().get(part));
      Run run = runs.get(leaves.index());
      for (int i = run.indexFrom(start); i < run.size && run.starts[i] < start + level.hop(); i++) {
        Tile leaf = layout.decode(leaves.hop(), run.sources[i], run.froms[i], run.ends[i]);
        cover.mergePart(part, leaf, ofLeaves);
      }
    }
    return cover;
  }

  private byte[] packed() {
    List<Run> full = runs.stream().filter(run -> run.size > 0).toList();
    ByteWriter out = new ByteWriter();
    out.writeUnsigned(full.size());
    for (Run run : full) {
      long hop = run.level.hop();
      out.writeUnsigned(hop);
      out.writeUnsigned(run.size);
      long before = 0;
      for (int i = 0; i < run.size; i++) {
        long inHops = Math.floorDiv(run.starts[i], hop);
        if (i == 0) {
          out.writeSigned(inHops);
        } else {
          out.writeUnsigned(inHops - before);
        }
        before = inHops;
      }
      for (int i = 0; i < run.size; i++) {
        out.writeUnsigned(run.ends[i] - run.froms[i]);
      }
    }
    for (Run run : full) {
      for (int i = 0; i < run.size; ) {
        int last = i;
        while (last + 1 < run.size
            && run.sources[last + 1] == run.sources[i]
            && run.froms[last + 1] == run.ends[last]) {
          last++;
        }
        out.writeRaw(run.sources[i], run.froms[i], run.ends[last] - run.froms[i]);
        i = last + 1;
      }
    }
    return out.toBytes();
  }
}
