package dev.millrace.transforms.window;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks the fewest stored tiles that make up a span. Tiles nest, so taking the longest that lies
 * whole in the rest of the span is always best:
 *
 * <pre>
 *   window     [----------------------------)
 *   leaves     | | | |         |   | |  | | |
 *   covers       |       |       |       |
 *   taken       x    y           y      x x
 * </pre>
 */
final class TileCover {
  record Found(TileLevel level, Tile tile) {}

  private TileCover() {}

  /**
   * The tiles of the span, oldest first. Where there are no leaves, there are no events.
   *
   * @param covers longest hop first
   */
  static List<Found> of(
      TileLevel leaves, List<TileLevel> covers, long start, long end, TileSet tiles) {
    List<Found> found = new ArrayList<>();
    Long next = tiles.next(leaves.hop(), start);
    long from = start;
    while (next != null && next < end) {
      Found longest = longest(covers, next, from, end, tiles);
      if (longest == null) {
        Tile leaf = tiles.find(leaves.hop(), next);
        longest = new Found(leaves, java.util.Objects.requireNonNull(leaf));
      }
      found.add(longest);
      from = Window.floor(next, longest.level.hop()) + longest.level.hop();
      next = tiles.next(leaves.hop(), from);
    }
    return found;
  }

  private static @Nullable Found longest(
      List<TileLevel> covers, long leaf, long from, long end, TileSet tiles) {
    for (TileLevel level : covers) {
      long start = Window.floor(leaf, level.hop());
      if (start >= from && start + level.hop() <= end) {
        Tile tile = tiles.find(level.hop(), start);
        if (tile != null) {
          return new Found(level, tile);
        }
      }
    }
    return null;
  }
}
