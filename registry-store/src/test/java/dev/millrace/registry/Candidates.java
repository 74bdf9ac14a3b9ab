package dev.millrace.registry;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Small candidates for tests. */
final class Candidates {
  private Candidates() {}

  static ModelCandidateBuilder of(String model, int seed) {
    return ModelCandidate.named(model)
        .input("avg_delay_1h", "double")
        .input("origin", "string")
        .output("probability", "float")
        .parameters(Map.of("seed", Integer.toString(seed), "depth", "6"))
        .artifact(bytes("onnx " + seed));
  }

  static ModelCandidate full(byte[] artifact) {
    return ModelCandidate.named("late_flight")
        .input("avg_delay_1h", "double")
        .input("origin", "string")
        .output("label", "bigint")
        .output("probability", "array<float>")
        .parameters(Map.of("depth", "6", "eta", "0.1"))
        .metrics(Map.of("auc", 0.71234567890123, "log_loss", Double.NaN))
        .dataVersion("s3://lake/flights", "delta:17")
        .definition("origin_delays", "a1b2")
        .code("559203f", true)
        .environment(Map.of("java", "17.0.12"))
        .author("ann")
        .description("Is this flight late? — à l'heure")
        .artifact(artifact)
        .verificationRows(bytes("[{\"in\":1}]"))
        .trainingProfile(bytes("profile"))
        .build();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
