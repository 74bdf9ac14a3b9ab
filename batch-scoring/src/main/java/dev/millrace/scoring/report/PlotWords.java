package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.Histogram;
import java.util.List;
import java.util.stream.IntStream;

/** What a plot says: its ticks, its bins and itself. */
final class PlotWords {
  private static final int MOST_TICKS = 6;

  private PlotWords() {}

  /** The bin in words, as short as an axis needs it. */
  static String bin(Histogram histogram, int bin) {
    List<Double> edges = histogram.edges();
    if (bin == 0) {
      return "below " + edge(edges.get(0));
    }
    if (bin == edges.size()) {
      return edge(edges.get(bin - 1)) + " and up";
    }
    return edge(edges.get(bin - 1)) + " to " + edge(edges.get(bin));
  }

  /** An edge with the digits that keep neighbours apart. */
  static String edge(double edge) {
    return NumberText.value(edge, 6);
  }

  static String tooltip(Histogram histogram, int bin) {
    return "%s: reference %s, current %s"
        .formatted(
            bin(histogram, bin),
            NumberText.percent(histogram.reference().get(bin)),
            NumberText.percent(histogram.current().get(bin)));
  }

  static String describe(Histogram histogram) {
    int before = fullest(histogram.reference());
    int now = fullest(histogram.current());
    return ("Filled bars: the reference, fullest at %s with %s of its values."
            + " Outline: current, fullest at %s with %s.")
        .formatted(
            bin(histogram, before),
            NumberText.percent(histogram.reference().get(before)),
            bin(histogram, now),
            NumberText.percent(histogram.current().get(now)));
  }

  /** The edges to label: at most six, and those at the roundest numbers. */
  static List<Integer> ticks(List<Double> edges) {
    double step = edges.get(1) - edges.get(0);
    int every =
        IntStream.of(1, 2, 5, 10)
            .filter(n -> edges.size() <= MOST_TICKS * n)
            .findFirst()
            .orElse(20);
    return IntStream.range(0, edges.size())
        .filter(i -> Math.floorMod(Math.round(edges.get(i) / step), every) == 0)
        .boxed()
        .toList();
  }

  /** The round share between grid lines that draws two to five of them. */
  static double gridStep(double most) {
    for (double step : new double[] {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2}) {
      if (most / step <= 5) {
        return step;
      }
    }
    return 0.25;
  }

  private static int fullest(List<Double> shares) {
    return IntStream.range(0, shares.size())
        .reduce((best, bin) -> shares.get(bin) > shares.get(best) ? bin : best)
        .orElse(0);
  }
}
