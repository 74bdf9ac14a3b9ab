package dev.millrace.registry;

import java.util.OptionalLong;

/**
 * A table that a model was trained on, as it was then.
 *
 * @param table where it is: a path in the workspace, or a location
 * @param version its Delta version or Iceberg snapshot; empty where it has none
 * @param rows how many rows were read; empty where not known
 * @param fingerprint of the definition that the table holds; empty where not known
 */
public record TrainingData(String table, String version, OptionalLong rows, String fingerprint) {
  public TrainingData {
    Names.checkText("location of training data", table);
  }

  /** A table of which the version is all that is known. */
  public static TrainingData of(String table, String version) {
    return new TrainingData(table, version, OptionalLong.empty(), "");
  }
}
