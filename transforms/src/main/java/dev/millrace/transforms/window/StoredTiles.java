package dev.millrace.transforms.window;

import org.jspecify.annotations.Nullable;

/** The tiles that are there of one key. */
public sealed interface StoredTiles permits TileSet, PackedTiles {
  /** What {@link #next} gives where no tile follows. */
  long NO_TILE = Long.MAX_VALUE;

  /** The start of the first tile of a level that starts at {@code from} or later. */
  long next(TileLevel level, long from);

  /** The tile of a level with that start, if it is there. */
  @Nullable StoredTile find(TileLevel level, long start);
}
