package dev.millrace.transforms.drift;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The bins that two columns are compared over: the deciles of the reference's finite values, each
 * bin a run of whole buckets, so no second pass over the data is needed.
 *
 * <pre>
 *   buckets   [ 3 | 4 | 5 | 40 | 3 | 6 | 7 | 2 | 9 | ... ]       counts, of 100
 *   bins      [    12     | 40 |     16    |  11   | ... ]       cut where a tenth more has passed
 * </pre>
 *
 * <p>A bucket that alone holds a tenth or more is a bin of its own, so a column that is mostly one
 * value shows a shift to either side of it. The first and the last bin are open and take the
 * infinite values.
 */
final class DecileBins {
  /** The first bucket of each bin but the first. */
  private final int[] cuts;

  private DecileBins(int[] cuts) {
    this.cuts = cuts;
  }

  static DecileBins of(ColumnProfile reference) {
    SortedSet<Integer> cuts = new TreeSet<>();
    double tenth = reference.finite() / 10.0;
    double next = tenth;
    long passed = 0;
    for (int bucket : reference.buckets.indices()) {
      long count = reference.buckets.count(bucket);
      passed += count;
      if (count >= tenth) {
        cuts.add(bucket);
      }
      if (count >= tenth || (passed >= next && passed < reference.finite())) {
        cuts.add(bucket + 1);
        next = tenth * (Math.floor(passed / tenth) + 1);
      }
    }
    return new DecileBins(cuts.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Each bin's share of the column's values, in the bins' order; the shares add up to 1. */
  double[] shares(ColumnProfile profile) {
    long[] counts = new long[cuts.length + 1];
    for (int bucket : profile.buckets.indices()) {
      int found = Arrays.binarySearch(cuts, bucket);
      counts[found >= 0 ? found + 1 : -found - 1] += profile.buckets.count(bucket);
    }
    counts[0] += profile.negativeInfinities;
    counts[cuts.length] += profile.positiveInfinities;
    double values = profile.counts().values();
    return Arrays.stream(counts).mapToDouble(count -> count / values).toArray();
  }
}
