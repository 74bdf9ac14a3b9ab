package dev.millrace.scoring.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.drift.Drift;
import dev.millrace.transforms.drift.DriftReport;
import dev.millrace.transforms.drift.DriftThresholds;
import dev.millrace.transforms.drift.Profile;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class DriftPageTest {
  private static final String HOSTILE = "<b>\"x\" & 'y'</b>\u0001";
  private static final String ESCAPED = "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;\uFFFD";

  @Test
  void showsEachColumnOnceAsAHeadingInTheReportsOrder() {
    List<String> headings =
        Pattern.compile("<h3>(.*?)</h3>")
            .matcher(page())
            .results()
            .map(m -> m.group(1).replace("<wbr>", ""))
            .toList();
    assertThat(headings).containsExactly("gone", "delay", "flights_24h", "distance", ESCAPED);
  }

  @Test
  void escapesEveryTextItIsGiven() {
    String html =
        DriftPage.html(
            new DriftReportPage(
                HOSTILE, HOSTILE, HOSTILE, HOSTILE, Map.of(HOSTILE, HOSTILE), report()));
    assertThat(html)
        .doesNotContain("<b>\"x\"")
        .doesNotContain("<b>&quot;")
        .doesNotContain("\u0001");
    assertThat(html.split(Pattern.quote(ESCAPED), -1)).hasSizeGreaterThan(10);
  }

  @Test
  void fetchesNothingAndRunsNothing() {
    String html = page().replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    assertThat(html)
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("<script")
        .doesNotContain("<link")
        .doesNotContain("@import")
        .doesNotContain("url(")
        .doesNotContain("src=");
  }

  @Test
  void givesTheSameTextForTheSameReportInAnyLocale() {
    String html = page();
    Locale before = Locale.getDefault();
    try {
      for (String tag : List.of("de-DE", "tr-TR", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertThat(page()).isEqualTo(html);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void drawsEveryPlotAsWellFormedXmlWithATitleAndADescription() {
    Matcher plots = Pattern.compile("(?s)<svg class=\"plot\".*?</svg>").matcher(page());
    List<String> found = plots.results().map(match -> match.group()).toList();
    assertThat(found).hasSize(4);
    for (String svg : found) {
      assertThat(svg)
          .containsOnlyOnce("<desc id=")
          .containsPattern("<title id=\"plot-\\d+-title\">");
      assertThatCode(
              () ->
                  DocumentBuilderFactory.newInstance()
                      .newDocumentBuilder()
                      .parse(new InputSource(new StringReader(svg))))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void saysTheVerdictFirstAndInWords() {
    String html = page();
    assertThat(html).contains("</span> 2 of 5 columns have drifted</strong>");
    assertThat(html.indexOf("have drifted")).isLessThan(html.indexOf("<dl"));
    assertThat(html).contains("Not compared: the current data have no such column");
    assertThat(html).contains("<caption>").contains("scope=\"col\"").contains("scope=\"row\"");
  }

  @Test
  void showsFactsInTheirOrder() {
    String html = page();
    assertThat(html.indexOf("late_flight@3")).isLessThan(html.indexOf("Data version"));
    assertThat(html.indexOf("Data version")).isLessThan(html.indexOf("Code commit"));
  }

  @Test
  void isOneWellFormedBodyOfMatchingTags() {
    String html = page();
    for (String tag : List.of("section", "table", "tr", "td", "div", "dl", "svg", "figure", "p")) {
      assertThat(html.split("<" + tag + "[ >]", -1))
          .hasSameSizeAs(html.split("</" + tag + ">", -1));
    }
  }

  @Test
  void refusesABlankTitle() {
    assertThatThrownBy(() -> new DriftReportPage(" ", "m", "r", "c", Map.of(), report()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A drift page needs a title: it is blank.");
  }

  private static String page() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data version", "features@12");
    facts.put("Code commit", "559203f");
    return DriftPage.html(
        new DriftReportPage(
            "Late flights", "late_flight@3", "January 2001", "February 2001", facts, report()));
  }

  private static DriftReport report() {
    Profile reference = new Profile();
    Profile current = new Profile();
    Random random = new Random(11);
    for (int i = 0; i < 4000; i++) {
      reference.column("delay").add(Math.rint(20 * random.nextGaussian()));
      current.column("delay").add(Math.rint(20 * random.nextGaussian() + 30));
      reference.column("flights_24h").add(random.nextInt(300));
      current.column("flights_24h").add(random.nextInt(400) - 50);
      reference.column("distance").add(Math.exp(6 + random.nextGaussian() / 2));
      current.column("distance").add(Math.exp(6 + random.nextGaussian() / 2));
    }
    reference.column(HOSTILE).add(5);
    current.column(HOSTILE).add(5);
    reference.column("gone").add(1);
    return Drift.compare(reference, current, DriftThresholds.defaults());
  }
}
