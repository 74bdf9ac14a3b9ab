package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.window.Window;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** Doubles, whose running sums drift. */
final class HandWrittenDoubles extends HandWrittenLoop {
  private final double[] values;
  final double[] sums;
  final long[] counts;
  final double[] mins;
  final double[] maxs;

  HandWrittenDoubles(List<Window> windows, int mostEvents) {
    super(windows, mostEvents);
    values = new double[mostEvents];
    sums = new double[windows.size()];
    counts = new long[windows.size()];
    mins = new double[windows.size()];
    maxs = new double[windows.size()];
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
    double value = row.getDouble(1);
    times[size] = time;
    values[size] = value;
    for (int w = 0; w < sums.length; w++) {
      sums[w] += value;
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
        sums[w] -= values[tails[w]];
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
