package dev.millrace.registry;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;

/** Small candidates for tests. */
final class Candidates {
  static final DefinitionReference ORIGIN_DELAYS =
      new DefinitionReference("feature view", "origin_delays", "a1b2");

  private Candidates() {}

  static ModelCandidateBuilder of(String model, int seed) {
    return ModelCandidate.named(model)
        .input("avg_delay_1h", "double")
        .input("origin", "string")
        .output("probability", "float")
        .parameters(Map.of("seed", Integer.toString(seed), "depth", "6"))
        .artifact(Onnx.lateFlight(seed));
  }

  static ModelCandidate full(byte[] artifact) {
    return ModelCandidate.named("late_flight")
        .semver("2.1.0")
        .input("avg_delay_1h", "double")
        .input("origin", "string")
        .output("probability", "array<float>")
        .parameters(Map.of("depth", "6", "eta", "0.1"))
        .metrics("test", Map.of("auc", 0.71234567890123, "log_loss", Double.NaN))
        .metric(new Metric("auc", "test", "origin=JFK", 0.5))
        .trainingData(
            new TrainingData("training/late_flights", "17", OptionalLong.of(1000), "c3d4"))
        .trainingData(TrainingData.of("s3://lake/flights", "5213"))
        .definition(ORIGIN_DELAYS, "view origin_delays ...")
        .definition(new DefinitionReference("training set", "late_flights", "c3d4"))
        .code("559203f", true)
        .environment(Map.of("java", "17.0.12"))
        .author("ann")
        .description("Is this flight late? — à l'heure")
        .tags(Map.of("team", "ops"))
        .card("Not for crew scheduling.")
        .artifact(artifact)
        .verificationRows(bytes("[{\"in\":1}]"))
        .trainingProfile(bytes("profile"))
        .build();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
