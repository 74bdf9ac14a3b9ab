package dev.millrace.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A trained model with all that proves it, ready to be registered. No component is null; what is
 * not known is empty.
 *
 * @param name the model: a letter, then letters, digits, {@code _ . -}, at most 128
 * @param signature inputs and outputs
 * @param flavour format of the artifact, {@code onnx} by default
 * @param parameters what the trainer was told
 * @param metrics what evaluation found, by name such as {@code auc}
 * @param dataVersions location of each table trained on, to its version
 * @param definitionFingerprints each definition used (view, training set, label), to its
 *     fingerprint
 * @param codeCommit commit of the training code
 * @param codeDirty whether files differed from that commit
 * @param environment versions of Java, libraries, image
 * @param author who registers
 * @param description what it is for, in prose
 * @param artifact the model's bytes, not empty
 * @param verificationRows rows with expected outputs, as JSON that the registry does not read
 * @param trainingProfile statistics of the training data, as bytes that the registry does not read
 */
public record ModelCandidate(
    String name,
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
    Content artifact,
    Content verificationRows,
    Content trainingProfile) {

  public ModelCandidate {
    Names.check("a model name", name);
    Names.checkText("flavour of model '" + name + "'", flavour);
    if (artifact.digest().size() == 0) {
      throw new IllegalArgumentException("The artifact of model '" + name + "' is empty.");
    }
    parameters = sorted(parameters);
    metrics = sorted(metrics);
    dataVersions = sorted(dataVersions);
    definitionFingerprints = sorted(definitionFingerprints);
    environment = sorted(environment);
  }

  /**
   * A candidate of that name; {@code signature} and {@code artifact} must be given, the rest is
   * empty by default.
   */
  public static ModelCandidateBuilder named(String name) {
    return new ModelCandidateBuilder(name);
  }

  /**
   * SHA-256 (64 lower-case hex digits) of what determines the model: name, signature, flavour,
   * parameters, data versions, definition fingerprints and artifact. Time, author, code commit,
   * metrics, environment, description, verification rows and profile do not count: training the
   * same again gives the same fingerprint.
   */
  public String contentFingerprint() {
    return new ContentFingerprint()
        .text("millrace-model-1")
        .text(name)
        .fields(signature.inputs())
        .fields(signature.outputs())
        .text(flavour)
        .map(parameters)
        .map(dataVersions)
        .map(definitionFingerprints)
        .text(artifact.digest().sha256())
        .hex();
  }

  static <V> Map<String, V> sorted(Map<String, V> map) {
    Map<String, V> copy = new TreeMap<>(map);
    if (copy.containsValue(null)) {
      throw new IllegalArgumentException("A map of a model holds no null: " + map + ".");
    }
    return Collections.unmodifiableMap(copy);
  }
}
