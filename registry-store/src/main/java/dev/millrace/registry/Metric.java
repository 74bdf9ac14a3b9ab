package dev.millrace.registry;

/**
 * One number that evaluation found.
 *
 * @param name the metric, such as {@code auc}
 * @param split the rows it is of, such as {@code train} or {@code test}; empty where not said
 * @param slice the part of the split, such as {@code origin=JFK}; empty for all of it
 * @param value the number; NaN where it is not defined
 */
public record Metric(String name, String split, String slice, double value) {
  public Metric {
    Names.checkText("name of a metric", name);
  }

  /** Whether this is the metric of that name, split and slice. */
  boolean is(String otherName, String otherSplit, String otherSlice) {
    return name.equals(otherName) && split.equals(otherSplit) && slice.equals(otherSlice);
  }

  /** {@code test auc}, or {@code test auc of origin=JFK}. */
  String label() {
    return label(name, split, slice);
  }

  static String label(String name, String split, String slice) {
    return (split.isEmpty() ? "" : split + " ") + name + (slice.isEmpty() ? "" : " of " + slice);
  }
}
