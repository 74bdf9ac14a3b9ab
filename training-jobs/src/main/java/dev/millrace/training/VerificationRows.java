package dev.millrace.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inputs and the scores that they must give, kept with a model and replayed when it is loaded.
 *
 * @param features one list a row, in the model's order; null where a value is missing
 * @param scores one a row
 */
public record VerificationRows(List<List<@Nullable Double>> features, List<Double> scores) {
  /** How far a score may be from the expected one: the last bits differ between processors. */
  public static final double TOLERANCE = 1e-12;

  private static final ObjectMapper JSON = new ObjectMapper();

  public VerificationRows {
    if (features.size() != scores.size()) {
      throw new IllegalArgumentException(
          features.size() + " rows with " + scores.size() + " scores");
    }
  }

  /** What a replay found. */
  public record Outcome(int rows, double maxDifference, int otherClasses) {}

  /** The first rows alone. */
  public VerificationRows first(int count) {
    int size = Math.min(count, scores.size());
    return new VerificationRows(features.subList(0, size), scores.subList(0, size));
  }

  /**
   * Scores the rows and compares; throws where a score is beyond the tolerance or a class differs.
   */
  public Outcome replay(String model, dev.millrace.pipelines.core.Scorer scorer) {
    int width = features.isEmpty() ? 0 : features.get(0).size();
    double[] inputs = new double[features.size() * width];
    for (int i = 0; i < inputs.length; i++) {
      Double value = features.get(i / width).get(i % width);
      inputs[i] = value == null ? Double.NaN : value;
    }
    double[] replayed = features.isEmpty() ? new double[0] : scorer.score(inputs, features.size());
    double worst = 0;
    int otherClasses = 0;
    for (int i = 0; i < replayed.length; i++) {
      worst = Math.max(worst, Math.abs(replayed[i] - scores.get(i)));
      otherClasses += (replayed[i] > 0.5) == (scores.get(i) > 0.5) ? 0 : 1;
    }
    if (!(worst <= TOLERANCE) || otherClasses > 0) {
      throw new MillraceException(
          new Problem(
              "The scores of " + model + " are not the expected ones",
              "over "
                  + replayed.length
                  + " rows they differ by up to "
                  + worst
                  + ", and "
                  + otherClasses
                  + " fall into another class",
              "Do not serve it. Train it again, and report the difference"));
    }
    return new Outcome(replayed.length, worst, otherClasses);
  }

  /** As UTF-8 JSON. */
  public byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public static VerificationRows fromJson(byte[] json) {
    try {
      return JSON.readValue(json, VerificationRows.class);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }
}
