package dev.millrace.scoring.report;

import static dev.millrace.scoring.report.PlotScale.BOTTOM;
import static dev.millrace.scoring.report.PlotScale.LEFT;
import static dev.millrace.scoring.report.PlotScale.RIGHT;
import static dev.millrace.scoring.report.PlotScale.TOP;

import dev.millrace.transforms.drift.Histogram;

/**
 * Two histograms over the same bins as one SVG picture: the reference as filled bars, the current
 * one as an outline above them, each open end as a bar of its own beside the axis.
 */
final class HistogramPlot {
  private final Histogram histogram;
  private final PlotScale scale;
  private final StringBuilder out = new StringBuilder();

  private HistogramPlot(Histogram histogram) {
    this.histogram = histogram;
    this.scale = new PlotScale(histogram);
  }

  /** The picture, with a title and a description in words. */
  static String svg(Histogram histogram, String column, int number) {
    HistogramPlot plot = new HistogramPlot(histogram);
    plot.open(column, number);
    plot.shareAxis();
    plot.bars();
    plot.outline("halo");
    plot.outline("current");
    plot.valueAxis();
    plot.tooltips();
    return plot.out.append("</svg>\n").toString();
  }

  private void open(String column, int number) {
    out.append(
        """
        <svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 182" role="img" \
        aria-labelledby="plot-%1$s-title plot-%1$s-text">
        <title id="plot-%1$s-title">Distribution of %2$s</title>
        <desc id="plot-%1$s-text">%3$s</desc>
        """
            .formatted(number, Html.escape(column), Html.escape(PlotWords.describe(histogram))));
  }

  private void shareAxis() {
    double step = PlotWords.gridStep(scale.most());
    for (int i = 0; i * step <= scale.most() * 1.0001; i++) {
      String y = PlotScale.text(scale.height(i * step));
      out.append(
          "<path class=\"%s\" d=\"M%s %sH%s\"/>"
              .formatted(i == 0 ? "axis" : "grid", PlotScale.text(LEFT), y, PlotScale.text(RIGHT)));
      text(LEFT - 5, scale.height(i * step) + 3.5, "end", NumberText.percent(i * step));
    }
  }

  private void bars() {
    for (int bin = 0; bin <= scale.last(); bin++) {
      double share = histogram.reference().get(bin);
      if (share > 0) {
        rect("reference", bin, 0.5, scale.height(share), "");
      }
    }
  }

  /**
   * A staircase over neighbouring bins, from the base line and back to it; empty bins have none.
   */
  private void outline(String style) {
    out.append("<path class=\"").append(style).append("\" d=\"");
    boolean drawing = false;
    for (int bin = 0; bin <= scale.last(); bin++) {
      double share = histogram.current().get(bin);
      if (drawing && (share == 0 || bin == 1 || bin == scale.last())) {
        out.append("V").append(PlotScale.text(BOTTOM));
        drawing = false;
      }
      if (share > 0) {
        out.append(
            drawing ? "" : "M" + PlotScale.text(scale.left(bin)) + " " + PlotScale.text(BOTTOM));
        out.append("V")
            .append(PlotScale.text(scale.height(share)))
            .append("H")
            .append(PlotScale.text(scale.right(bin)));
        drawing = true;
      }
    }
    out.append(drawing ? "V" + PlotScale.text(BOTTOM) : "").append("\"/>\n");
  }

  private void valueAxis() {
    for (int edge : PlotWords.ticks(histogram.edges())) {
      double x = scale.edge(edge);
      out.append(
          "<path class=\"axis\" d=\"M%s %sv4\"/>"
              .formatted(PlotScale.text(x), PlotScale.text(BOTTOM)));
      text(x, BOTTOM + 15, "middle", PlotWords.edge(histogram.edges().get(edge)));
    }
    if (scale.used(0)) {
      text(LEFT, BOTTOM + 29, "start", PlotWords.bin(histogram, 0));
    }
    if (scale.used(scale.last())) {
      text(RIGHT, BOTTOM + 29, "end", PlotWords.bin(histogram, scale.last()));
    }
    out.append('\n');
  }

  private void tooltips() {
    for (int bin = 0; bin <= scale.last(); bin++) {
      if (scale.used(bin)) {
        rect(
            "hit",
            bin,
            0,
            TOP,
            "<title>" + Html.escape(PlotWords.tooltip(histogram, bin)) + "</title>");
      }
    }
    out.append('\n');
  }

  private void rect(String style, int bin, double inset, double top, String inside) {
    out.append(
        "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\">%s</rect>"
            .formatted(
                style,
                PlotScale.text(scale.left(bin) + inset),
                PlotScale.text(top),
                PlotScale.text(scale.right(bin) - scale.left(bin) - 2 * inset),
                PlotScale.text(BOTTOM - top),
                inside));
  }

  private void text(double x, double y, String anchor, String words) {
    out.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
            .formatted(PlotScale.text(x), PlotScale.text(y), anchor, Html.escape(words)));
  }
}
