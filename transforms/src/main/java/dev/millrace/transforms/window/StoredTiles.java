package dev.millrace.transforms.window;

import org.jspecify.annotations.Nullable;

/** The tiles that are there of one key. */
public sealed interface StoredTiles permits TileSet, PackedTiles {
  /** What {@link #next} gives where no tile follows. */
  long NO_TILE = Long.MAX_VALUE;

  /** The start of the first tile of a hop that starts at {@code from} or later. */
  long next(long hop, long from);

  /** The tile of a hop with that start, if it is there. */
  @Nullable StoredTile find(long hop, long start);
}
