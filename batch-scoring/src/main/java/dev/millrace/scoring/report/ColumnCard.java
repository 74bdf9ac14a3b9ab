package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.ColumnCounts;
import dev.millrace.transforms.drift.ColumnDrift;
import dev.millrace.transforms.drift.ColumnDrift.Compared;
import dev.millrace.transforms.drift.ColumnDrift.NotCompared;
import dev.millrace.transforms.drift.DriftStatistics;
import dev.millrace.transforms.drift.Quantiles;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** One column: its name, verdict, plot and quantiles. */
final class ColumnCard {
  private ColumnCard() {}

  /**
   * @param number the column's place in the report, which makes its ids unique on the page
   */
  static String html(ColumnDrift row, int number) {
    return """
        <section class="card" id="column-%s">
        <header><h3>%s</h3>%s</header>
        %s</section>
        """
        .formatted(
            number,
            Html.breakable(row.column()),
            VerdictBadge.html(row.verdict()),
            row instanceof Compared compared ? body(compared, number) : reason((NotCompared) row));
  }

  private static String reason(NotCompared row) {
    return "<p class=\"reason\">Not compared: %s.</p>\n".formatted(row.reason().sentence());
  }

  private static String body(Compared row, int number) {
    DriftStatistics statistics = row.statistics();
    return """
        <p class="measures">PSI %s (%s expected by chance)%s</p>
        <figure>
        %s</figure>
        <div class="quantiles">
        <table class="spread">
        <caption>Quantiles of %s</caption>
        <thead><tr><td></td><th scope="col">min</th><th scope="col">5%%</th>\
        <th scope="col">median</th><th scope="col">95%%</th><th scope="col">max</th></tr></thead>
        <tbody>
        %s%s</tbody>
        </table>
        </div>
        """
        .formatted(
            NumberText.fixed(statistics.populationStabilityIndex()),
            NumberText.fixed(statistics.expectedStabilityIndex()),
            nulls(row.referenceCounts(), row.currentCounts())
                + infinities(row.referenceCounts(), row.currentCounts()),
            HistogramPlot.svg(row.histogram(), row.column(), number),
            Html.escape(row.column()),
            side("Reference", "reference", row.reference()),
            side("Current", "current", row.current()));
  }

  private static String nulls(ColumnCounts reference, ColumnCounts current) {
    return reference.nullShare() + current.nullShare() == 0
        ? ""
        : "; nulls %s → %s"
            .formatted(
                NumberText.percent(reference.nullShare()), NumberText.percent(current.nullShare()));
  }

  private static String infinities(ColumnCounts reference, ColumnCounts current) {
    long before = reference.values() - reference.finite();
    long now = current.values() - current.finite();
    return before + now == 0
        ? ""
        : "; infinite values %s → %s".formatted(NumberText.count(before), NumberText.count(now));
  }

  private static String side(String word, String style, Quantiles quantiles) {
    String cells =
        DoubleStream.of(
                quantiles.min(),
                quantiles.p05(),
                quantiles.median(),
                quantiles.p95(),
                quantiles.max())
            .mapToObj(value -> "<td>" + NumberText.compact(value) + "</td>")
            .collect(Collectors.joining());
    return "<tr><th scope=\"row\"><i class=\"key %s\"></i>%s</th>%s</tr>\n"
        .formatted(style, word, cells);
  }
}
