package dev.millrace.transforms.window;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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
  /** A tile, and the place of its level among those that are read. */
  record Found(int level, long hop, StoredTile tile) {}

  private TileCover() {}

  /**
   * The tiles of the span, oldest first. Where there are no leaves, there are no events.
   *
   * @param levels the leaves, then the covers, longest hop first
   */
  static List<Found> of(List<TileLevel> levels, long start, long end, StoredTiles tiles) {
    List<Found> found = new ArrayList<>();
    long leaves = levels.get(0).hop();
    long next = tiles.next(leaves, start);
    long from = start;
    while (next < end) {
      Found longest = longest(levels, next, from, end, tiles);
      found.add(longest);
      from = Window.floor(next, longest.hop()) + longest.hop();
      next = tiles.next(leaves, from);
    }
    return found;
  }

  private static Found longest(
      List<TileLevel> levels, long leaf, long from, long end, StoredTiles tiles) {
    for (int i = 1; i < levels.size(); i++) {
      long hop = levels.get(i).hop();
      long start = Window.floor(leaf, hop);
      if (start >= from && start + hop <= end) {
        StoredTile tile = tiles.find(hop, start);
        if (tile != null) {
          return new Found(i, hop, tile);
        }
      }
    }
    long hop = levels.get(0).hop();
    return new Found(0, hop, Objects.requireNonNull(tiles.find(hop, leaf)));
  }
}
