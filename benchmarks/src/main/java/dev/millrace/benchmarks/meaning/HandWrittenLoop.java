package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.window.Window;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What one would write by hand for sum, count, min and max over windows of one column: the events
 * in arrays of primitives, and for each window a tail, two running totals and two monotone queues.
 * Sums of doubles are running ones, so not exact.
 */
abstract class HandWrittenLoop {
  private final long[] lengths;
  private final long[] hops;
  final int[] tails;
  final int[][] minima;
  final int[][] maxima;
  final int[] minHead;
  final int[] minEnd;
  final int[] maxHead;
  final int[] maxEnd;
  final long[] times;
  int size;

  HandWrittenLoop(List<Window> windows, int mostEvents) {
    int count = windows.size();
    lengths = windows.stream().mapToLong(Window::length).toArray();
    hops = windows.stream().mapToLong(Window::hop).toArray();
    tails = new int[count];
    minima = new int[count][mostEvents];
    maxima = new int[count][mostEvents];
    minHead = new int[count];
    minEnd = new int[count];
    maxHead = new int[count];
    maxEnd = new int[count];
    times = new long[mostEvents];
  }

  void clear() {
    size = 0;
    for (int w = 0; w < tails.length; w++) {
      tails[w] = 0;
      minHead[w] = 0;
      minEnd[w] = 0;
      maxHead[w] = 0;
      maxEnd[w] = 0;
    }
  }

  final long start(int window, long time) {
    return Math.floorDiv(time - lengths[window], hops[window]) * hops[window];
  }

  /** Takes in an event that has a value. */
  abstract void add(long time, InternalRow row);

  /** The values of each window then, for the caller to read. */
  abstract void present(long time);
}
