package dev.millrace.transforms.window;

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
  /** Takes a tile, of a level by its place among those that are read. */
  interface Taker {
    void take(int level, StoredTile tile);
  }

  private TileCover() {}

  /**
   * Gives the tiles of the span, oldest first. Where there are no leaves, there are no events.
   *
   * @param levels the leaves, then the covers, longest hop first
   */
  static void of(List<TileLevel> levels, long start, long end, StoredTiles tiles, Taker taker) {
    TileLevel leaves = levels.get(0);
    long next = tiles.next(leaves, start);
    long from = start;
    while (next < end) {
      from = takeLongest(levels, next, from, end, tiles, taker);
      next = tiles.next(leaves, from);
    }
  }

  /** Takes the longest tile with a leaf; returns where it ends. */
  private static long takeLongest(
      List<TileLevel> levels, long leaf, long from, long end, StoredTiles tiles, Taker taker) {
    for (int i = 1; i < levels.size(); i++) {
      TileLevel level = levels.get(i);
      long start = Window.floor(leaf, level.hop());
      if (start >= from && start + level.hop() <= end) {
        StoredTile tile = tiles.find(level, start);
        if (tile != null) {
          taker.take(i, tile);
          return start + level.hop();
        }
      }
    }
    TileLevel leaves = levels.get(0);
    taker.take(0, Objects.requireNonNull(tiles.find(leaves, leaf)));
    return Window.floor(leaf, leaves.hop()) + leaves.hop();
  }
}
