package dev.millrace.transforms.window;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The aggregations over one window that are merged from the same tiles: those are found once for
 * all of them.
 */
final class WindowReading {
  /** A value of the definition: its place in it, and in the tiles of each level. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Value(int index, TileValue of, int[] placeInLevel) {}

  /** What aggregations have in common that are read together. */
  private record Shared(Window window, List<Long> hops) {}

  private final Window window;

  /** The leaves, then the covers, longest first. */
  private final List<TileLevel> levels;

  private final List<Value> values = new ArrayList<>();

  private WindowReading(Window window, List<TileLevel> levels) {
    this.window = window;
    this.levels = levels;
  }

  /**
   * How values are read.
   *
   * @param levels shortest hop first
   */
  static List<WindowReading> all(List<TileValue> values, Collection<TileLevel> levels) {
    Map<Shared, WindowReading> all = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      TileValue each = values.get(i);
      Window window = each.of().window();
      List<TileLevel> read = new ArrayList<>();
      for (TileLevel level : levels) {
        if (level.hop() == window.hop()) {
          read.add(0, level);
        } else if (TileLayout.covers(level.hop(), window) && level.indexOf(each.part()) >= 0) {
          read.add(1, level);
        }
      }
      Shared shared = new Shared(window, read.stream().map(TileLevel::hop).toList());
      WindowReading reading = all.computeIfAbsent(shared, none -> new WindowReading(window, read));
      int[] places = read.stream().mapToInt(level -> level.indexOf(each.part())).toArray();
      reading.values.add(new Value(i, each, places));
    }
    return List.copyOf(all.values());
  }

  boolean reads(WindowedAggregation of) {
    return values.stream().anyMatch(value -> value.of().of().equals(of));
  }

  List<Long> cover(long time, StoredTiles tiles) {
    List<Long> hops = new ArrayList<>();
    TileCover.of(
        levels,
        window.start(time),
        time,
        tiles,
        (level, tile) -> hops.add(levels.get(level).hop()));
    return hops;
  }

  boolean isEmpty(long time, StoredTiles tiles) {
    return tiles.next(levels.get(0), window.start(time)) >= time;
  }

  /** Puts each value in its place. */
  void present(long time, List<? extends StoredTiles> pieces, @Nullable Object[] into) {
    @Nullable Object[][] ofLevel = new Object[levels.size()][];
    for (int level = 0; level < ofLevel.length; level++) {
      ofLevel[level] = new Object[levels.get(level).parts().size()];
    }
    Object[] merged = new Object[values.size()];
    for (int i = 0; i < merged.length; i++) {
      Value value = values.get(i);
      // Values of one accumulator have one place, and are one.
      Object there = ofLevel[0][value.placeInLevel()[0]];
      merged[i] = there == null ? value.of().part().aggregation().zero() : there;
      for (int level = 0; level < ofLevel.length; level++) {
        ofLevel[level][value.placeInLevel()[level]] = merged[i];
      }
    }
    for (StoredTiles tiles : pieces) {
      TileCover.of(
          levels, window.start(time), time, tiles, (level, tile) -> tile.mergeInto(ofLevel[level]));
    }
    for (int i = 0; i < merged.length; i++) {
      Value value = values.get(i);
      into[value.index()] = value.of().present(merged[i], time);
    }
  }
}
