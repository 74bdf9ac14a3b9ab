package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.DriftReport;
import dev.millrace.transforms.drift.DriftThresholds;
import dev.millrace.transforms.drift.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A drift report as one HTML page: the verdict, what was compared, a table of the columns and a
 * plot of each. It holds its style and pictures, fetches nothing, runs no script, and reads well in
 * light, in dark, on a phone and on paper. The same report gives the same text.
 */
public final class DriftPage {
  private static final String STYLE = resource("drift-page.css");

  private DriftPage() {}

  /** The page as text, to be written as UTF-8. */
  public static String html(DriftReportPage page) {
    DriftReport report = page.report();
    String cards =
        IntStream.range(0, report.rows().size())
            .mapToObj(i -> ColumnCard.html(report.rows().get(i), i))
            .collect(Collectors.joining());
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        <p class="eyebrow">Drift report</p>
        <h1>%s</h1>
        %s%s<h2>Columns</h2>
        %s<h2>Distributions</h2>
        <p class="legend"><span><i class="key reference"></i>Reference: filled bars</span>\
        <span><i class="key current"></i>Current: outline</span> \
        Share of values in each bin; point at a bin for its numbers.</p>
        <div class="cards">
        %s</div>
        %s</main>
        </body>
        </html>
        """
        .formatted(
            Html.escape(page.title()),
            STYLE,
            Html.escape(page.title()),
            summary(report),
            facts(page),
            ColumnTable.html(report),
            cards,
            notes(report.thresholds()));
  }

  private static String summary(DriftReport report) {
    int all = report.rows().size();
    Verdict verdict = report.verdict();
    String of = report.count(verdict) + " of " + all + (all == 1 ? " column " : " columns ");
    String sentence =
        switch (verdict) {
          case STABLE -> all == 1 ? "The column is stable" : "All " + all + " columns are stable";
          case WATCH -> of + "to watch";
          case DRIFTED -> of + (report.count(verdict) == 1 ? "has drifted" : "have drifted");
        };
    String tally =
        Stream.of(Verdict.DRIFTED, Verdict.WATCH, Verdict.STABLE)
            .map(
                each ->
                    "<li><b>%s</b>%s</li>".formatted(report.count(each), VerdictBadge.word(each)))
            .collect(Collectors.joining());
    return """
        <div class="summary %s">
        <strong><span aria-hidden="true">%s</span> %s</strong>
        <ul class="tally">%s</ul>
        </div>
        """
        .formatted(VerdictBadge.style(verdict), VerdictBadge.sign(verdict), sentence, tally);
  }

  private static String facts(DriftReportPage page) {
    StringBuilder out = new StringBuilder("<dl class=\"facts\">\n");
    fact("Model", page.modelReference(), out);
    fact("Reference", page.referencePeriod(), out);
    fact("Current", page.currentPeriod(), out);
    for (Map.Entry<String, String> fact : page.facts().entrySet()) {
      fact(fact.getKey(), fact.getValue(), out);
    }
    return out.append("</dl>\n").toString();
  }

  private static void fact(String label, String value, StringBuilder out) {
    out.append("<div><dt>").append(Html.escape(label));
    out.append("</dt><dd>").append(Html.escape(value)).append("</dd></div>\n");
  }

  private static String notes(DriftThresholds thresholds) {
    return """
        <h2>How to read this page</h2>
        <dl class="notes">
        <dt>PSI</dt><dd>Population stability index over the reference's deciles. Watch from %s, drifted from %s. \
        “By chance” is what sampling alone would give if nothing had changed: an index near it says nothing.</dd>
        <dt>JS</dt><dd>Jensen-Shannon distance over the same bins: 0 is equal, 1 has nothing in common.</dd>
        <dt>Wasserstein</dt><dd>How far values moved on average, in standard deviations of the reference.</dd>
        <dt>Nulls</dt><dd>Share of rows that are null or NaN, reference then current. Watch from a change of %s, \
        drifted from %s.</dd>
        <dt>Precision</dt><dd>Distributions are kept in buckets under 1%% wide; a smaller move is not seen. \
        The least and the largest value are exact.</dd>
        </dl>
        """
        .formatted(
            NumberText.value(thresholds.watchIndex()),
            NumberText.value(thresholds.driftedIndex()),
            NumberText.percent(thresholds.watchNullShare()),
            NumberText.percent(thresholds.driftedNullShare()));
  }

  private static String resource(String name) {
    try (InputStream in = DriftPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "Cannot find " + name + " beside DriftPage: the jar was packed without its resources.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
