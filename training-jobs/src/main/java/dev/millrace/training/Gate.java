package dev.millrace.training;

/** A bound that a metric of the test split must hold before a version is registered. */
public record Gate(String metric, double least) {
  /** The area under the ROC curve. */
  public static Gate aucAtLeast(double least) {
    return new Gate("auc", least);
  }
}
