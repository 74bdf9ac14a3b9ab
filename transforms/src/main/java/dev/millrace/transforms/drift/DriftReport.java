package dev.millrace.transforms.drift;

import java.util.List;

/**
 * What {@link Drift#compare} found.
 *
 * @param rows one for each column of either side: by verdict, the gravest first; in it those that
 *     could not be compared, then the largest population stability index first; equals by name
 * @param thresholds what the verdicts were given by
 */
public record DriftReport(List<ColumnDrift> rows, DriftThresholds thresholds) {
  public DriftReport {
    rows = List.copyOf(rows);
  }

  /** The gravest verdict of any column; stable for no rows. */
  public Verdict verdict() {
    return rows.stream().map(ColumnDrift::verdict).reduce(Verdict.STABLE, Verdict::or);
  }

  /** How many columns have this verdict. */
  public long count(Verdict verdict) {
    return rows.stream().filter(row -> row.verdict() == verdict).count();
  }
}
