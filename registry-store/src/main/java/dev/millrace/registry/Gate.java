package dev.millrace.registry;

import java.util.List;
import java.util.Optional;

/**
 * What must hold before an alias moves to a version.
 *
 * @param kind what is asked for
 * @param metric for a metric: its name; else empty
 * @param split for a metric: the split; else empty
 * @param slice for a metric: the slice; else empty
 * @param least for a metric: it must be at least this; negative infinity where there is no such
 *     bound
 * @param most for a metric: it must be at most this; infinity where there is no such bound
 * @param count for approvals: of how many people; else 0
 */
public record Gate(
    Kind kind, String metric, String split, String slice, double least, double most, int count) {
  /** What can be asked for. */
  public enum Kind {
    /** A metric is within bounds. */
    METRIC,
    /** The version answered its verification rows as it must, when that was last tried. */
    VERIFICATION,
    /** People other than its author, and other than who moves the alias, approved. */
    APPROVAL
  }

  private static final double NO_LEAST = Double.NEGATIVE_INFINITY;
  private static final double NO_MOST = Double.POSITIVE_INFINITY;

  /** A metric of a split is {@code least} or more; NaN is not. */
  public static Gate atLeast(String metric, String split, double least) {
    return new Gate(Kind.METRIC, metric, split, "", least, NO_MOST, 0);
  }

  /** A metric of a split is {@code most} or less; NaN is not. */
  public static Gate atMost(String metric, String split, double most) {
    return new Gate(Kind.METRIC, metric, split, "", NO_LEAST, most, 0);
  }

  /** The same bound, of a slice of the split. */
  public Gate ofSlice(String other) {
    return new Gate(kind, metric, split, other, least, most, count);
  }

  /** The version answered its verification rows as it must. */
  public static Gate verified() {
    return new Gate(Kind.VERIFICATION, "", "", "", NO_LEAST, NO_MOST, 0);
  }

  /** So many people approved, none of them the version's author or who moves the alias. */
  public static Gate approvedBy(int people) {
    if (people < 1) {
      throw new IllegalArgumentException(
          "A gate asks for the approval of one person or more, not of " + people + ".");
    }
    return new Gate(Kind.APPROVAL, "", "", "", NO_LEAST, NO_MOST, people);
  }

  /** {@code test auc >= 0.65}. */
  @Override
  public String toString() {
    return switch (kind) {
      case METRIC ->
          Metric.label(metric, split, slice)
              + (least == NO_LEAST ? "" : " >= " + least)
              + (most == NO_MOST ? "" : " <= " + most);
      case VERIFICATION -> "verification passed";
      case APPROVAL -> "approved by " + count + (count == 1 ? " other person" : " other people");
    };
  }

  /** Why the metrics do not pass a gate of a metric; empty if they do, or it is of another kind. */
  public Optional<String> breach(List<Metric> metrics) {
    if (kind != Kind.METRIC) {
      return Optional.empty();
    }
    for (Metric each : metrics) {
      if (each.is(metric, split, slice)) {
        return each.value() >= least && each.value() <= most
            ? Optional.empty()
            : Optional.of(each.label() + " is " + each.value());
      }
    }
    return Optional.of(Metric.label(metric, split, slice) + " is not known");
  }
}
