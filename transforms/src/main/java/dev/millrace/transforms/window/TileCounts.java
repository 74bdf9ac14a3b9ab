package dev.millrace.transforms.window;

import java.util.Arrays;

/**
 * How many kept tiles each tile of a level stands for, in the order of their starts: a tile that is
 * kept for itself, another for those that are kept in its place.
 */
final class TileCounts {
  private long[] starts = new long[16];
  private int[] counts = new int[16];
  private int size;

  /** Adds to the count of a start that is not before the last. */
  void add(long start, int count) {
    if (size > 0 && starts[size - 1] == start) {
      counts[size - 1] += count;
      return;
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    starts[size] = start;
    counts[size] = count;
    size++;
  }

  int size() {
    return size;
  }

  long start(int index) {
    return starts[index];
  }

  int count(int index) {
    return counts[index];
  }

  /** How many there are under the tiles of a longer hop, of whole ones of these. */
  TileCounts under(long hop) {
    TileCounts under = new TileCounts();
    for (int i = 0; i < size; i++) {
      under.add(Window.floor(starts[i], hop), counts[i]);
    }
    return under;
  }
}
