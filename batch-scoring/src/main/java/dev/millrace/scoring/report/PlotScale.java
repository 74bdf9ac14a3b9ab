package dev.millrace.scoring.report;

import dev.millrace.transforms.drift.Histogram;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.stream.Stream;

/**
 * Where bins and shares lie in a plot, in units of its view box. Bin 0 and the last are the open
 * ends, drawn beside the axis when they hold something:
 *
 * <pre>
 *   LEFT  | 0 |  gap  | 1 | 2 | ... | last - 1 |  gap  | last |  RIGHT
 * </pre>
 */
final class PlotScale {
  static final double LEFT = 34;
  static final double RIGHT = 354;
  static final double TOP = 10;
  static final double BOTTOM = 150;

  private static final double END_WIDTH = 13;
  private static final double END_GAP = 7;

  private final Histogram histogram;
  private final int last;
  private final double from;
  private final double binWidth;
  private final double most;

  PlotScale(Histogram histogram) {
    this.histogram = histogram;
    this.last = histogram.edges().size();
    this.from = LEFT + (used(0) ? END_WIDTH + END_GAP : 0);
    double to = RIGHT - (used(last) ? END_WIDTH + END_GAP : 0);
    this.binWidth = (to - from) / (last - 1);
    this.most =
        Stream.concat(histogram.reference().stream(), histogram.current().stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
  }

  /** The number of the last bin. */
  int last() {
    return last;
  }

  /** The largest share of either side. */
  double most() {
    return most;
  }

  boolean used(int bin) {
    return histogram.reference().get(bin) > 0 || histogram.current().get(bin) > 0;
  }

  double left(int bin) {
    return bin == 0 ? LEFT : bin == last ? RIGHT - END_WIDTH : edge(bin - 1);
  }

  double right(int bin) {
    return bin == 0 ? LEFT + END_WIDTH : bin == last ? RIGHT : edge(bin);
  }

  double edge(int edge) {
    return from + edge * binWidth;
  }

  double height(double share) {
    return BOTTOM - share / most * (BOTTOM - TOP);
  }

  /** A place as text, to a hundredth, without a needless zero. */
  static String text(double place) {
    BigDecimal rounded = new BigDecimal(place).setScale(2, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
