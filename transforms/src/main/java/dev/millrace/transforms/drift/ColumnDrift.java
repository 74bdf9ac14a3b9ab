package dev.millrace.transforms.drift;

import org.jspecify.annotations.Nullable;

/** One column of a {@link DriftReport}: compared, or the reason why not. Never left out. */
public sealed interface ColumnDrift {
  String column();

  Verdict verdict();

  /** The reference's rows; null if the reference has no such column. */
  @Nullable ColumnCounts referenceCounts();

  /** The current rows; null if the current data have no such column. */
  @Nullable ColumnCounts currentCounts();

  /**
   * A column with finite values on both sides.
   *
   * @param histogram both sides over the same bins, for a plot
   */
  record Compared(
      String column,
      Verdict verdict,
      DriftStatistics statistics,
      ColumnCounts referenceCounts,
      ColumnCounts currentCounts,
      Quantiles reference,
      Quantiles current,
      Histogram histogram)
      implements ColumnDrift {}

  /** A column that is missing, or has no finite value, on one side or both. */
  record NotCompared(
      String column,
      Reason reason,
      @Nullable ColumnCounts referenceCounts,
      @Nullable ColumnCounts currentCounts)
      implements ColumnDrift {

    @Override
    public Verdict verdict() {
      return reason.verdict();
    }
  }

  /** Why a column was not compared. */
  enum Reason {
    MISSING_IN_CURRENT("the current data have no such column", Verdict.DRIFTED),
    MISSING_IN_REFERENCE("the reference has no such column", Verdict.DRIFTED),
    NO_VALUES_IN_CURRENT("the current column has no finite value", Verdict.DRIFTED),
    NO_VALUES_IN_REFERENCE("the reference column has no finite value", Verdict.DRIFTED),
    NO_VALUES_IN_EITHER("the column has no finite value on either side", Verdict.WATCH);

    private final String sentence;
    private final Verdict verdict;

    Reason(String sentence, Verdict verdict) {
      this.sentence = sentence;
      this.verdict = verdict;
    }

    /** The reason in words, without a capital or a full stop. */
    public String sentence() {
      return sentence;
    }

    public Verdict verdict() {
      return verdict;
    }
  }
}
