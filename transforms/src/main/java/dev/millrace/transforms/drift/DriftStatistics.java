package dev.millrace.transforms.drift;

/**
 * How far the current look of a column lies from its reference.
 *
 * <p>The first three are taken from the profiles' buckets, so a move of less than 1 % of a value is
 * not seen. They compare values; what is null or NaN is left to {@link #nullShareDifference}.
 *
 * @param populationStabilityIndex see {@link #populationStabilityIndex(ColumnProfile,
 *     ColumnProfile)}
 * @param jensenShannonDistance see {@link #jensenShannonDistance(ColumnProfile, ColumnProfile)}
 * @param wassersteinDistance see {@link #wassersteinDistance(ColumnProfile, ColumnProfile)}
 * @param nullShareDifference see {@link #nullShareDifference(ColumnProfile, ColumnProfile)}
 * @param expectedStabilityIndex see {@link #expectedStabilityIndex(ColumnProfile, ColumnProfile)}
 */
public record DriftStatistics(
    double populationStabilityIndex,
    double jensenShannonDistance,
    double wassersteinDistance,
    double nullShareDifference,
    double expectedStabilityIndex) {

  /** The share that stands for an empty bin in the population stability index. */
  public static final double EMPTY_BIN_SHARE = 0.0001;

  /**
   * All of them.
   *
   * @throws IllegalArgumentException if either column has no finite value
   */
  public static DriftStatistics of(ColumnProfile reference, ColumnProfile current) {
    return new DriftStatistics(
        populationStabilityIndex(reference, current),
        jensenShannonDistance(reference, current),
        wassersteinDistance(reference, current),
        nullShareDifference(reference, current),
        expectedStabilityIndex(reference, current));
  }

  /**
   * The population stability index: the sum over bins of {@code (c - r) * ln(c / r)}, with {@code
   * r} and {@code c} the bin's share of the reference's and the current values. 0 for equal shares,
   * at most {@code 2 ln 10000}, about 18.4, and always finite: a share under {@link
   * #EMPTY_BIN_SHARE} counts as that.
   *
   * <p>The bins are the reference's deciles, in whole buckets; one bucket with a tenth or more of
   * the values is a bin of its own; the outer bins are open and take the infinite values. Source:
   * Siddiqi, <i>Credit Risk Scorecards</i>, Wiley 2006, chapter 9; the sum is the Jeffreys
   * divergence (1946).
   *
   * @throws IllegalArgumentException if either column has no finite value
   */
  public static double populationStabilityIndex(ColumnProfile reference, ColumnProfile current) {
    requireValues(reference, current);
    DecileBins bins = DecileBins.of(reference);
    double[] before = bins.shares(reference);
    double[] now = bins.shares(current);
    double sum = 0;
    for (int bin = 0; bin < before.length; bin++) {
      double r = Math.max(before[bin], EMPTY_BIN_SHARE);
      double c = Math.max(now[bin], EMPTY_BIN_SHARE);
      sum += (c - r) * StrictMath.log(c / r);
    }
    return sum;
  }

  /**
   * The population stability index that chance alone is expected to give when nothing has changed:
   * {@code (b - 1) * (1 / n + 1 / m)}, with {@code b} the bins that hold a reference value and
   * {@code n}, {@code m} the numbers of values. An index near this says nothing, whatever its
   * verdict: with 200 values on each side it is 0.09. Positive or 0. Source: Yurdakul,
   * <i>Statistical Properties of Population Stability Index</i>, Western Michigan University 2018.
   *
   * @throws IllegalArgumentException if either column has no finite value
   */
  public static double expectedStabilityIndex(ColumnProfile reference, ColumnProfile current) {
    requireValues(reference, current);
    int used = 0;
    for (double share : DecileBins.of(reference).shares(reference)) {
      used += share > 0 ? 1 : 0;
    }
    return (used - 1) * (1.0 / reference.counts().values() + 1.0 / current.counts().values());
  }

  /**
   * The Jensen-Shannon distance over the same bins: the square root of {@code (KL(r | m) + KL(c |
   * m)) / 2} with {@code m = (r + c) / 2} and logarithms of base 2. In [0, 1]: 0 for equal shares,
   * 1 where no bin is shared; a metric. No smoothing is needed. Source: Endres and Schindelin, <i>A
   * new metric for probability distributions</i>, IEEE Transactions on Information Theory 49, 2003.
   *
   * @throws IllegalArgumentException if either column has no finite value
   */
  public static double jensenShannonDistance(ColumnProfile reference, ColumnProfile current) {
    requireValues(reference, current);
    DecileBins bins = DecileBins.of(reference);
    double[] before = bins.shares(reference);
    double[] now = bins.shares(current);
    double sum = 0;
    for (int bin = 0; bin < before.length; bin++) {
      double middle = (before[bin] + now[bin]) / 2;
      sum += entropyTerm(before[bin], middle) + entropyTerm(now[bin], middle);
    }
    return Math.sqrt(Math.min(1, Math.max(0, sum / 2 / StrictMath.log(2))));
  }

  /**
   * The Wasserstein-1 (earth mover's) distance in standard deviations of the reference: the
   * integral of {@code |R(x) - C(x)|} over the distribution functions of the finite values, divided
   * by the reference's population standard deviation. 0 or more: 0.5 means that values moved by
   * half a standard deviation on average. Where the reference is constant it is 0 for the same
   * constant, else positive infinity. Infinite values are left out. Source: Ramdas, Garcia Trillos
   * and Cuturi, <i>On Wasserstein Two-Sample Testing</i>, Entropy 19, 2017.
   *
   * @throws IllegalArgumentException if either column has no finite value
   */
  public static double wassersteinDistance(ColumnProfile reference, ColumnProfile current) {
    requireValues(reference, current);
    return EarthMover.distance(reference.buckets, current.buckets);
  }

  /**
   * The current share of rows that are null or NaN less the reference's, in [-1, 1]: 0.2 means that
   * a fifth of all rows lost their value. A column of no rows has share 0.
   */
  public static double nullShareDifference(ColumnProfile reference, ColumnProfile current) {
    return current.nullShare() - reference.nullShare();
  }

  private static double entropyTerm(double share, double middle) {
    return share == 0 ? 0 : share * StrictMath.log(share / middle);
  }

  private static void requireValues(ColumnProfile reference, ColumnProfile current) {
    if (reference.finite() == 0 || current.finite() == 0) {
      throw new IllegalArgumentException(
          "Cannot compare the values of two columns: the "
              + (reference.finite() == 0 ? "reference" : "current column")
              + " has no finite value. Use Drift.compare, which reports such a column by name.");
    }
  }
}
