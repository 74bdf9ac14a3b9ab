package dev.millrace.training;

import dev.millrace.training.spark.GradientBoostedTrees;

/** The trainers. */
public final class Trainers {
  private Trainers() {}

  /** Gradient-boosted decision trees for a label of two classes, fitted by Spark ML. */
  public static GradientBoostedTrees gradientBoostedTrees() {
    return GradientBoostedTrees.defaults();
  }
}
