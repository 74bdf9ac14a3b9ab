package dev.millrace.registry;

import java.time.Instant;
import java.util.Map;

/**
 * A registered model version; it never changes. Its bytes are read with {@link Registry#artifact},
 * {@link Registry#verificationRows} and {@link Registry#trainingProfile}. No component is null;
 * what was not given is empty.
 *
 * @param name the model
 * @param version its number, from 1 without gaps
 * @param contentFingerprint see {@link ModelCandidate#contentFingerprint}
 * @param signature inputs and outputs
 * @param flavour format of the artifact, such as {@code onnx}
 * @param parameters what the trainer was told
 * @param metrics what evaluation found
 * @param dataVersions location of each table trained on, to its version
 * @param definitionFingerprints each definition used, to its fingerprint
 * @param codeCommit commit of the training code
 * @param codeDirty whether files differed from that commit
 * @param environment versions of Java, libraries, image
 * @param author who registered
 * @param description what it is for
 * @param createdAt when it was registered, in microseconds
 * @param artifact what the model's bytes must be
 * @param verificationRows what the verification rows' bytes must be
 * @param trainingProfile what the training profile's bytes must be
 */
public record ModelVersion(
    String name,
    int version,
    String contentFingerprint,
    Signature signature,
    String flavour,
    Map<String, String> parameters,
    Map<String, Double> metrics,
    Map<String, String> dataVersions,
    Map<String, String> definitionFingerprints,
    String codeCommit,
    boolean codeDirty,
    Map<String, String> environment,
    String author,
    String description,
    Instant createdAt,
    Digest artifact,
    Digest verificationRows,
    Digest trainingProfile) {

  public ModelVersion {
    parameters = ModelCandidate.sorted(parameters);
    metrics = ModelCandidate.sorted(metrics);
    dataVersions = ModelCandidate.sorted(dataVersions);
    definitionFingerprints = ModelCandidate.sorted(definitionFingerprints);
    environment = ModelCandidate.sorted(environment);
  }

  /** How it is referred to: {@code late_flight@12}. */
  public String reference() {
    return name + "@" + version;
  }

  static ModelVersion of(ModelCandidate candidate, int version, Instant createdAt) {
    return new ModelVersion(
        candidate.name(),
        version,
        candidate.contentFingerprint(),
        candidate.signature(),
        candidate.flavour(),
        candidate.parameters(),
        candidate.metrics(),
        candidate.dataVersions(),
        candidate.definitionFingerprints(),
        candidate.codeCommit(),
        candidate.codeDirty(),
        candidate.environment(),
        candidate.author(),
        candidate.description(),
        createdAt,
        candidate.artifact().digest(),
        candidate.verificationRows().digest(),
        candidate.trainingProfile().digest());
  }
}
