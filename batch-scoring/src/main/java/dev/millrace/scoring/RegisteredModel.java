package dev.millrace.scoring;

import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.SignatureField;
import dev.millrace.training.VerificationRows;
import dev.millrace.training.onnx.OnnxScorer;
import java.util.List;

/** A version from the registry that has just answered its verification rows as it must. */
public record RegisteredModel(ModelVersion version, OnnxScorer scorer) {
  /**
   * Loads a version and replays the rows kept with it.
   *
   * @param reference {@code late_flight@champion} or {@code late_flight@12}
   */
  public static RegisteredModel load(Registry registry, String reference) {
    ModelVersion version = registry.resolve(reference);
    OnnxScorer scorer = new OnnxScorer(registry.artifact(version));
    VerificationRows.fromJson(registry.verificationRows(version))
        .replay("model " + version.reference(), scorer);
    return new RegisteredModel(version, scorer);
  }

  /** The columns that the model takes, in order. */
  public List<String> inputs() {
    return version.signature().inputs().stream().map(SignatureField::name).toList();
  }
}
