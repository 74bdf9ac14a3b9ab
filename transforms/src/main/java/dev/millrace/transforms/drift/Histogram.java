package dev.millrace.transforms.drift;

import java.util.List;

/**
 * The shares of two columns over the same bins. With {@code n + 1} edges there are {@code n + 2}
 * shares: below the first edge, in each {@code [edge, next edge)}, and from the last edge up. Minus
 * and plus infinity count in the first and the last.
 *
 * @param edges two or more, strictly ascending, finite
 * @param reference the reference's shares of its values, in [0, 1], adding up to 1
 * @param current the current shares, likewise
 */
public record Histogram(List<Double> edges, List<Double> reference, List<Double> current) {
  public Histogram {
    edges = List.copyOf(edges);
    reference = List.copyOf(reference);
    current = List.copyOf(current);
    if (edges.size() < 2
        || reference.size() != edges.size() + 1
        || current.size() != reference.size()) {
      throw new IllegalArgumentException(
          ("A histogram of %d edges, two or more, needs one share more than edges,"
                  + " but has %d and %d.")
              .formatted(edges.size(), reference.size(), current.size()));
    }
  }

  /**
   * About 20 bins (12 to 32) between the reference's 1st and 99th percentile, with edges at round
   * numbers. A bucket that lies across an edge is shared out by width. A reference without spread
   * is drawn with the current values' percentiles in view too.
   *
   * @throws IllegalStateException if either column has no finite value
   */
  public static Histogram of(ColumnProfile reference, ColumnProfile current) {
    List<Double> edges = RoundEdges.around(reference, current);
    return new Histogram(
        edges, HistogramShares.of(reference, edges), HistogramShares.of(current, edges));
  }
}
