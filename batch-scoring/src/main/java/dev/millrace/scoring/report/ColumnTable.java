package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.ColumnCounts;
import dev.millrace.transforms.drift.ColumnDrift;
import dev.millrace.transforms.drift.ColumnDrift.Compared;
import dev.millrace.transforms.drift.ColumnDrift.NotCompared;
import dev.millrace.transforms.drift.DriftReport;
import dev.millrace.transforms.drift.DriftThresholds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of all columns, in the report's order. */
final class ColumnTable {
  private ColumnTable() {}

  static String html(DriftReport report) {
    StringBuilder out =
        new StringBuilder(
            """
            <div class="scroll" role="region" aria-label="Columns" tabindex="0">
            <table class="columns">
            <caption>Every column of either side, the gravest first</caption>
            <thead><tr><th scope="col">Column</th><th scope="col">Verdict</th><th scope="col">PSI</th>\
            <th scope="col">JS</th><th scope="col">Wasserstein</th><th scope="col">Nulls</th>\
            <th scope="col">Rows</th></tr></thead>
            <tbody>
            """);
    List<ColumnDrift> rows = report.rows();
    for (int i = 0; i < rows.size(); i++) {
      ColumnDrift row = rows.get(i);
      out.append("<tr><th scope=\"row\"><a href=\"#column-%s\">".formatted(i));
      out.append(Html.breakable(row.column())).append("</a></th><td>");
      out.append(VerdictBadge.html(row.verdict())).append("</td>");
      out.append(measures(row, report.thresholds()));
      cell(change(row, Share.NULLS), out);
      cell(change(row, Share.ROWS), out);
      out.append("</tr>\n");
    }
    return out.append("</tbody>\n</table>\n</div>\n").toString();
  }

  private static String measures(ColumnDrift row, DriftThresholds thresholds) {
    if (row instanceof NotCompared missing) {
      return "<td class=\"reason\" colspan=\"3\">Not compared: %s</td>"
          .formatted(missing.reason().sentence());
    }
    Compared compared = (Compared) row;
    double index = compared.statistics().populationStabilityIndex();
    StringBuilder out = new StringBuilder();
    cell(NumberText.fixed(index) + meter(index, thresholds), out);
    cell(NumberText.fixed(compared.statistics().jensenShannonDistance()), out);
    cell(NumberText.fixed(compared.statistics().wassersteinDistance()), out);
    return out.toString();
  }

  /** A bar up to twice the limit of drift, with a stroke at each limit. */
  private static String meter(double index, DriftThresholds thresholds) {
    double unit = 64 / (2 * thresholds.driftedIndex());
    double level = Math.min(64, index * unit);
    return """
        <svg class="meter" width="64" height="8" viewBox="0 0 64 8" aria-hidden="true">\
        <rect class="track" y="2" width="64" height="4"/><rect class="level" y="2" width="%s" height="4"/>\
        <path class="limit" d="M%s 0V8M%s 0V8"/></svg>"""
        .formatted(
            PlotScale.text(level),
            PlotScale.text(thresholds.watchIndex() * unit),
            PlotScale.text(thresholds.driftedIndex() * unit));
  }

  private enum Share {
    NULLS,
    ROWS;

    String of(@Nullable ColumnCounts counts) {
      if (counts == null) {
        return "–";
      }
      return this == NULLS
          ? NumberText.percent(counts.nullShare())
          : NumberText.count(counts.rows());
    }
  }

  private static String change(ColumnDrift row, Share share) {
    return share.of(row.referenceCounts()) + " → " + share.of(row.currentCounts());
  }

  private static void cell(String html, StringBuilder out) {
    out.append("<td>").append(html).append("</td>");
  }
}
