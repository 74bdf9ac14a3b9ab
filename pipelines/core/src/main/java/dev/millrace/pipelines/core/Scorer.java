package dev.millrace.pipelines.core;

import java.io.Serializable;

/**
 * A fixed function of numbers, such as a model's graph. It travels to where the rows are, is used
 * there by several threads, and gives the same answer whatever the batch.
 */
public interface Scorer extends Serializable {
  /**
   * One result a row.
   *
   * @param features row after row, each as wide as the inputs; NaN where a value is missing
   */
  double[] score(double[] features, int rows);

  /** What it is, so that a plan with another one is another plan. */
  String fingerprint();
}
