package dev.millrace.cli;

import dev.millrace.features.Days;
import dev.millrace.features.QualityJob.ColumnQuality;
import dev.millrace.features.QualityJob.Judged;
import dev.millrace.features.QualityJob.Quality;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.drift.ColumnProfile;
import dev.millrace.transforms.drift.Quantiles;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A profile as text, a line for each column; what is not known of its type is left empty. And how
 * rows did by what is expected of them, a line for each run and expectation.
 */
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

  static TextTable of(List<Judged> judged) {
    TextTable table = new TextTable("expectation", "found", "bound", "verdict", "days");
    for (Judged each : judged) {
      Rule rule = each.expectation().rule();
      table.row(
          rule instanceof Rule.Metric metric ? metric.name() : rule.breach(),
          found(rule, each.found()),
          bound(rule),
          verdict(each),
          each.days().map(Days::toString).orElse("all"));
    }
    return table;
  }

  private static String found(Rule rule, @Nullable ExpectationResult found) {
    if (found == null) {
      return "";
    }
    if (rule instanceof Rule.Metric metric && found.measured() != null) {
      return metric.words(found.measured().value());
    }
    return found.breaches() + unit(rule);
  }

  private static String bound(Rule rule) {
    return rule instanceof Rule.Metric metric ? metric.bounds().words() : "0" + unit(rule);
  }

  private static String unit(Rule rule) {
    return rule instanceof Rule.OnlyDeclared ? " columns" : " rows";
  }

  private static String verdict(Judged judged) {
    ExpectationResult found = judged.found();
    if (found == null) {
      return "not judged";
    }
    if (judged.expectation().rule() instanceof Rule.Metric metric && !metric.isTold(found.rule())) {
      return "judged by other bounds";
    }
    if (found.breaches() == 0) {
      return "holds";
    }
    return found.action() == Action.QUARANTINE ? "set aside" : "warned";
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
