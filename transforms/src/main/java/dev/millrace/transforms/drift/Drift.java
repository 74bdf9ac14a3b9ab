package dev.millrace.transforms.drift;

import dev.millrace.transforms.drift.ColumnDrift.Compared;
import dev.millrace.transforms.drift.ColumnDrift.NotCompared;
import dev.millrace.transforms.drift.ColumnDrift.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares what a model sees now with what it was trained on. */
public final class Drift {
  private static final Comparator<ColumnDrift> GRAVEST_FIRST =
      Comparator.comparing(ColumnDrift::verdict)
          .thenComparingDouble(Drift::index)
          .reversed()
          .thenComparing(ColumnDrift::column);

  private Drift() {}

  /**
   * A row for each column of either profile, with its statistics, verdict and histogram. A column
   * that one side lacks, or has no finite value in, is a {@link NotCompared} row that says so.
   *
   * @throws IllegalArgumentException if neither profile has a column
   */
  public static DriftReport compare(
      Profile reference, Profile current, DriftThresholds thresholds) {
    SortedSet<String> names = new TreeSet<>(reference.columns().keySet());
    names.addAll(current.columns().keySet());
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot compare two profiles without columns. Profile at least one numeric column.");
    }
    List<ColumnDrift> rows =
        names.stream()
            .map(
                name ->
                    row(
                        name,
                        reference.columns().get(name),
                        current.columns().get(name),
                        thresholds))
            .sorted(GRAVEST_FIRST)
            .toList();
    return new DriftReport(rows, thresholds);
  }

  private static ColumnDrift row(
      String column,
      @Nullable ColumnProfile reference,
      @Nullable ColumnProfile current,
      DriftThresholds thresholds) {
    if (reference == null || current == null) {
      return new NotCompared(
          column,
          reference == null ? Reason.MISSING_IN_REFERENCE : Reason.MISSING_IN_CURRENT,
          reference == null ? null : reference.counts(),
          current == null ? null : current.counts());
    }
    if (reference.finite() == 0 || current.finite() == 0) {
      Reason reason =
          reference.finite() > 0
              ? Reason.NO_VALUES_IN_CURRENT
              : current.finite() > 0 ? Reason.NO_VALUES_IN_REFERENCE : Reason.NO_VALUES_IN_EITHER;
      return new NotCompared(column, reason, reference.counts(), current.counts());
    }
    DriftStatistics statistics = DriftStatistics.of(reference, current);
    return new Compared(
        column,
        thresholds.judge(statistics),
        statistics,
        reference.counts(),
        current.counts(),
        Quantiles.of(reference),
        Quantiles.of(current),
        Histogram.of(reference, current));
  }

  /** An index for ordering; a column that was not compared comes before all that were. */
  private static double index(ColumnDrift row) {
    return row instanceof Compared compared
        ? compared.statistics().populationStabilityIndex()
        : Double.POSITIVE_INFINITY;
  }
}
