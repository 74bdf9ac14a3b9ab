package dev.millrace.transforms.drift;

/**
 * From where on a column is {@link Verdict#WATCH} and from where on {@link Verdict#DRIFTED}; the
 * graver of its population stability index and its null-share difference counts.
 *
 * @param watchIndex population stability index to watch from, positive
 * @param driftedIndex population stability index that is drift, at least {@code watchIndex}
 * @param watchNullShare change of the null share, up or down, to watch from, positive
 * @param driftedNullShare change of the null share, up or down, that is drift, at least {@code
 *     watchNullShare}
 */
public record DriftThresholds(
    double watchIndex, double driftedIndex, double watchNullShare, double driftedNullShare) {

  public DriftThresholds {
    check("population stability index", watchIndex, driftedIndex);
    check("null-share difference", watchNullShare, driftedNullShare);
  }

  /**
   * Index 0.1 and 0.25, the rule of thumb of Siddiqi, <i>Credit Risk Scorecards</i>, 2006; null
   * share 0.05 and 0.2, our own.
   */
  public static DriftThresholds defaults() {
    return new DriftThresholds(0.1, 0.25, 0.05, 0.2);
  }

  /** The same with other limits on the population stability index; by default 0.1 and 0.25. */
  public DriftThresholds withIndex(double watch, double drifted) {
    return new DriftThresholds(watch, drifted, watchNullShare, driftedNullShare);
  }

  /** The same with other limits on the null-share difference; by default 0.05 and 0.2. */
  public DriftThresholds withNullShare(double watch, double drifted) {
    return new DriftThresholds(watchIndex, driftedIndex, watch, drifted);
  }

  /** The verdict on these statistics; a value that equals a limit has reached it. */
  public Verdict judge(DriftStatistics statistics) {
    return judge(statistics.populationStabilityIndex(), watchIndex, driftedIndex)
        .or(judge(Math.abs(statistics.nullShareDifference()), watchNullShare, driftedNullShare));
  }

  private static Verdict judge(double value, double watch, double drifted) {
    return value < watch ? Verdict.STABLE : value < drifted ? Verdict.WATCH : Verdict.DRIFTED;
  }

  private static void check(String what, double watch, double drifted) {
    if (!(watch > 0 && watch <= drifted)) {
      throw new IllegalArgumentException(
          "Cannot watch the %s from %s and call it drift from %s: give 0 < watch <= drifted."
              .formatted(what, watch, drifted));
    }
  }
}
