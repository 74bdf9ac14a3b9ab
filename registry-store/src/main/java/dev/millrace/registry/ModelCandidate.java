package dev.millrace.registry;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A trained model with all that proves it, ready to be registered.
 *
 * @param details all that is known of it
 * @param definitions the definitions used that have their text here; each is among those of the
 *     details
 * @param artifact the model's bytes, not empty
 * @param verificationRows rows with expected outputs, as bytes that the registry does not read
 * @param trainingProfile statistics of the training data, as bytes that the registry does not read
 */
public record ModelCandidate(
    ModelDetails details,
    List<DefinitionText> definitions,
    Content artifact,
    Content verificationRows,
    Content trainingProfile) {

  public ModelCandidate {
    definitions = List.copyOf(definitions);
    if (artifact.digest().size() == 0) {
      throw new IllegalArgumentException(
          "The artifact of model '" + details.name() + "' is empty.");
    }
  }

  /**
   * A definition with its canonical text.
   *
   * @param reference kind, name and fingerprint
   * @param text the text that the fingerprint is of
   */
  public record DefinitionText(DefinitionReference reference, String text) {}

  /** A candidate of that name; its artifact must be given, the rest is empty by default. */
  public static ModelCandidateBuilder named(String name) {
    return new ModelCandidateBuilder(name);
  }

  /** The model. */
  public String name() {
    return details.name();
  }

  /**
   * SHA-256 (64 lower-case hex digits) of what determines the model: name, columns of the
   * signature, flavour, parameters, training data, definition fingerprints and artifact. Time,
   * author, semver, code commit, metrics, environment, prose, tags, verification rows and profile
   * do not count: training the same again gives the same fingerprint.
   */
  public String contentFingerprint() {
    ContentFingerprint fingerprint =
        new ContentFingerprint()
            .text("millrace-model-2")
            .text(details.name())
            .fields(details.signature().inputs())
            .fields(details.signature().outputs())
            .text(details.flavour())
            .map(details.parameters());
    fingerprint.list(
        details.trainingData().stream().sorted(Comparator.comparing(TrainingData::table)).toList(),
        data -> Stream.of(data.table(), data.version(), data.fingerprint()));
    fingerprint.list(
        details.definitions().stream()
            .sorted(
                Comparator.comparing(DefinitionReference::kind)
                    .thenComparing(DefinitionReference::name))
            .toList(),
        definition -> Stream.of(definition.kind(), definition.name(), definition.fingerprint()));
    return fingerprint.text(artifact.digest().sha256()).hex();
  }

  ModelCandidate with(Signature signature) {
    return new ModelCandidate(
        details.with(signature), definitions, artifact, verificationRows, trainingProfile);
  }

  List<Content> contents() {
    return List.of(artifact, verificationRows, trainingProfile);
  }
}
