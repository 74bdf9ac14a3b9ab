package dev.millrace.cli;

import dev.millrace.features.QualityJob.ColumnQuality;
import dev.millrace.features.QualityJob.Quality;
import dev.millrace.transforms.drift.ColumnProfile;
import dev.millrace.transforms.drift.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A profile as text: a line for each column; what is not known of its type is left empty. */
final class QualityTable {
  private QualityTable() {}

  static TextTable of(Quality quality) {
    TextTable table =
        new TextTable(
            "column",
            "complete",
            "distinct",
            "NaN",
            "min",
            "5 %",
            "25 %",
            "50 %",
            "75 %",
            "95 %",
            "max");
    for (ColumnQuality column : quality.columns()) {
      List<String> cells = new ArrayList<>();
      cells.add(column.column());
      cells.add(share(column.present(), quality.rows()));
      cells.add(column.distinct() == null ? "" : Long.toString(column.distinct()));
      cells.addAll(spread(column.spread()));
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private static String share(long part, long whole) {
    return whole == 0 ? "" : String.format(Locale.ROOT, "%.2f%%", 100.0 * part / whole);
  }

  private static List<String> spread(@Nullable ColumnProfile spread) {
    if (spread == null) {
      return List.of("", "", "", "", "", "", "", "");
    }
    List<String> cells = new ArrayList<>();
    cells.add(Long.toString(spread.counts().nan()));
    if (spread.finite() == 0) {
      cells.addAll(List.of("", "", "", "", "", "", ""));
      return cells;
    }
    Quantiles quantiles = Quantiles.of(spread);
    for (double value :
        new double[] {
          quantiles.min(),
          quantiles.p05(),
          quantiles.p25(),
          quantiles.median(),
          quantiles.p75(),
          quantiles.p95(),
          quantiles.max()
        }) {
      cells.add(String.format(Locale.ROOT, "%.6g", value));
    }
    return cells;
  }
}
