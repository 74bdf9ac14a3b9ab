package dev.millrace.transforms.drift;

import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A column's shares over given edges. The values of a bucket are taken as even over it, between the
 * column's exact minimum and maximum, so that wide buckets over narrow bins leave no teeth.
 */
final class HistogramShares {
  private HistogramShares() {}

  static List<Double> of(ColumnProfile profile, List<Double> edges) {
    double[] counts = new double[edges.size() + 1];
    counts[0] = profile.negativeInfinities;
    counts[edges.size()] = profile.positiveInfinities;
    for (int bucket : profile.buckets.indices()) {
      double low = Math.max(profile.min, LogBuckets.low(bucket));
      double high = Math.min(profile.max, LogBuckets.low(bucket + 1));
      share(profile.buckets.count(bucket), low, high, edges, counts);
    }
    double values = profile.counts().values();
    return DoubleStream.of(counts).map(count -> count / values).boxed().toList();
  }

  private static void share(
      long count, double low, double high, List<Double> edges, double[] counts) {
    int bin = bin(low, edges);
    if (low >= high) {
      counts[bin] += count;
      return;
    }
    double from = low;
    for (; bin < edges.size() && edges.get(bin) < high; bin++) {
      counts[bin] += count * ((edges.get(bin) - from) / (high - low));
      from = edges.get(bin);
    }
    counts[bin] += count * ((high - from) / (high - low));
  }

  /** 0 below the first edge, else one more than the number of the last edge not above the value. */
  private static int bin(double value, List<Double> edges) {
    int found = Collections.binarySearch(edges, value + 0.0);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
