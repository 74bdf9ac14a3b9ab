package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.window.Window;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** Longs. */
final class HandWrittenLongs extends HandWrittenLoop {
  private final long[] values;
  final long[] sums;
  final long[] counts;
  final long[] mins;
  final long[] maxs;

  HandWrittenLongs(List<Window> windows, int mostEvents) {
    super(windows, mostEvents);
    values = new long[mostEvents];
    sums = new long[windows.size()];
    counts = new long[windows.size()];
    mins = new long[windows.size()];
    maxs = new long[windows.size()];
  }

  @Override
  void clear() {
    super.clear();
    for (int w = 0; w < sums.length; w++) {
      sums[w] = 0;
      counts[w] = 0;
    }
  }

  @Override
  void add(long time, InternalRow row) {
    long value = row.getLong(1);
    times[size] = time;
    values[size] = value;
    for (int w = 0; w < sums.length; w++) {
      sums[w] = Math.addExact(sums[w], value);
      counts[w]++;
      int[] min = minima[w];
      int end = minEnd[w];
      while (end > minHead[w] && values[min[end - 1]] >= value) {
        end--;
      }
      min[end] = size;
      minEnd[w] = end + 1;
      int[] max = maxima[w];
      end = maxEnd[w];
      while (end > maxHead[w] && values[max[end - 1]] <= value) {
        end--;
      }
      max[end] = size;
      maxEnd[w] = end + 1;
    }
    size++;
  }

  @Override
  void present(long time) {
    for (int w = 0; w < sums.length; w++) {
      long start = start(w, time);
      while (tails[w] < size && times[tails[w]] < start) {
        sums[w] = Math.subtractExact(sums[w], values[tails[w]]);
        counts[w]--;
        tails[w]++;
      }
      while (minHead[w] < minEnd[w] && minima[w][minHead[w]] < tails[w]) {
        minHead[w]++;
      }
      while (maxHead[w] < maxEnd[w] && maxima[w][maxHead[w]] < tails[w]) {
        maxHead[w]++;
      }
      if (counts[w] > 0) {
        mins[w] = values[minima[w][minHead[w]]];
        maxs[w] = values[maxima[w][maxHead[w]]];
      }
    }
  }
}
