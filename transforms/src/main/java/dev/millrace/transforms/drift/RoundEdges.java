package dev.millrace.transforms.drift;

import java.util.ArrayList;
import java.util.List;

/** Edges that a reader can name: whole multiples of 1, 2 or 5 times a power of ten. */
final class RoundEdges {
  private static final int MOST_BINS = 30;

  private RoundEdges() {}

  static List<Double> around(ColumnProfile reference, ColumnProfile current) {
    double low = reference.quantile(0.01);
    double high = reference.quantile(0.99);
    if (flat(low, high)) {
      low = Math.min(low, current.quantile(0.01));
      high = Math.max(high, current.quantile(0.99));
    }
    if (flat(low, high)) {
      double around = Math.max(Math.abs(low), Math.abs(high)) / 10;
      double room = around < 1e-290 ? 1 : around;
      low = Math.max(-Double.MAX_VALUE, low - room);
      high = Math.min(Double.MAX_VALUE, high + room);
    }
    return between(low, high);
  }

  /** Too narrow for buckets to tell apart, or for edges to be distinct numbers. */
  private static boolean flat(double low, double high) {
    double magnitude = Math.max(Math.abs(low), Math.abs(high));
    return high - low <= Math.max(magnitude / 1000, 1e-290);
  }

  private static List<Double> between(double low, double high) {
    double least = high / MOST_BINS - low / MOST_BINS;
    int power = (int) Math.floor(StrictMath.log10(least));
    double mantissa = least / scale(1, power);
    int digit = mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10;
    double step = scale(digit, power);
    long first = (long) Math.floor(low / step);
    long last = (long) Math.floor(high / step) + 1;
    List<Double> edges = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      double edge = scale((double) i * digit, power);
      edges.add(Math.min(Double.MAX_VALUE, Math.max(-Double.MAX_VALUE, edge)));
    }
    return edges;
  }

  /**
   * Times a power of ten, by a division where that alone gives the nearest double, as in 3 / 10.
   */
  private static double scale(double value, int power) {
    return power >= 0 ? value * StrictMath.pow(10, power) : value / StrictMath.pow(10, -power);
  }
}
