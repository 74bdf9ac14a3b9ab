package dev.millrace.registry;

import java.time.Instant;

/**
 * A registered model version; it never changes once it is ready. Its bytes are read with {@link
 * Registry#artifact}, {@link Registry#verificationRows} and {@link Registry#trainingProfile}.
 *
 * @param version its number, from 1 without gaps
 * @param state whether its bytes are complete
 * @param contentFingerprint see {@link ModelCandidate#contentFingerprint}
 * @param details all that was said of it
 * @param createdAt when its number was taken, in microseconds
 * @param artifact where the model's bytes are kept, and what they must be
 * @param verificationRows the same of the verification rows
 * @param trainingProfile the same of the training profile
 */
public record ModelVersion(
    int version,
    VersionState state,
    String contentFingerprint,
    ModelDetails details,
    Instant createdAt,
    Stored artifact,
    Stored verificationRows,
    Stored trainingProfile) {

  /** The model. */
  public String name() {
    return details.name();
  }

  /** Inputs and outputs. */
  public Signature signature() {
    return details.signature();
  }

  /** How it is referred to: {@code late_flight@12}. */
  public String reference() {
    return name() + "@" + version;
  }
}
