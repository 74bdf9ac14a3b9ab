package dev.millrace.training;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.drift.Profile;
import java.util.List;
import java.util.Map;

/** Fits models of one kind, and measures them. Equal trainers on equal data fit equal models. */
public interface Trainer {
  /** What it fits: {@code gradient_boosted_trees}. */
  String kind();

  /** All that the fit depends on beside the data, by name. */
  Map<String, String> parameters();

  /** Fits a model to the rows of the training split. */
  Fitted fit(Engine engine, TrainingData data);

  /**
   * Metrics of scored rows, by name.
   *
   * @param scored rows with the label, the split and {@link TrainingJob#SCORE}
   */
  Map<String, Double> evaluate(Engine engine, Scan scored, String label, String split);

  /**
   * What to fit.
   *
   * @param rows the training set's table at one version
   * @param features columns that the model takes, in order
   * @param profile of the features over the training split
   */
  record TrainingData(Scan rows, List<String> features, String label, Profile profile) {}

  /**
   * A fitted model.
   *
   * @param onnx its graph
   * @param verification rows of the test split with the trainer's own scores, to prove the graph by
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Fitted(byte[] onnx, VerificationRows verification) {}
}
