package dev.millrace.transforms.drift;

import java.util.stream.IntStream;

/**
 * The mean distance that values must travel to turn one distribution into the other, in standard
 * deviations of the first. Between two neighbouring buckets of either side both distribution
 * functions are flat, so the integral of their difference is a sum. Values are scaled into [-1, 1]
 * first, so that nothing overflows.
 */
final class EarthMover {
  private EarthMover() {}

  static double distance(LogBuckets reference, LogBuckets current) {
    int[] support =
        IntStream.concat(IntStream.of(reference.indices()), IntStream.of(current.indices()))
            .sorted()
            .distinct()
            .toArray();
    double largest =
        Math.max(
            Math.abs(LogBuckets.low(support[0])),
            Math.abs(LogBuckets.low(support[support.length - 1])));
    if (support.length == 1 || largest == 0) {
      return 0;
    }
    double[] places =
        IntStream.of(support).mapToDouble(bucket -> LogBuckets.low(bucket) / largest).toArray();
    double moved = 0;
    long before = 0;
    long now = 0;
    for (int i = 0; i < support.length - 1; i++) {
      before += reference.count(support[i]);
      now += current.count(support[i]);
      double gap = (double) before / reference.total() - (double) now / current.total();
      moved += Math.abs(gap) * (places[i + 1] - places[i]);
    }
    return moved == 0 ? 0 : moved / deviation(reference, support, places);
  }

  private static double deviation(LogBuckets buckets, int[] support, double[] places) {
    double mean = 0;
    for (int i = 0; i < support.length; i++) {
      mean += places[i] * buckets.count(support[i]) / buckets.total();
    }
    double square = 0;
    for (int i = 0; i < support.length; i++) {
      double off = places[i] - mean;
      square += off * off * buckets.count(support[i]) / buckets.total();
    }
    return buckets.indices().length == 1 ? 0 : Math.sqrt(square);
  }
}
