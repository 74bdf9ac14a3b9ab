package dev.millrace.transforms.window;

import org.jspecify.annotations.Nullable;

/** A tile that is merged into a window's accumulators. */
sealed interface StoredTile permits Tile, PackedTile {
  /**
   * Takes each part of the tile into the accumulator in its place, if there is one.
   *
   * @param into a place for each part of the tile's level; null where the part is not wanted
   */
  void mergeInto(@Nullable Object[] into);
}
