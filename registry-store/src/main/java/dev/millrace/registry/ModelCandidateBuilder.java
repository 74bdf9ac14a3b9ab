package dev.millrace.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds a {@link ModelCandidate}; methods in any order, those that add may be called again. */
public final class ModelCandidateBuilder {
  private final String name;
  private final List<SignatureField> inputs = new ArrayList<>();
  private final List<SignatureField> outputs = new ArrayList<>();
  private final Map<String, String> parameters = new TreeMap<>();
  private final Map<String, Double> metrics = new TreeMap<>();
  private final Map<String, String> dataVersions = new TreeMap<>();
  private final Map<String, String> definitionFingerprints = new TreeMap<>();
  private final Map<String, String> environment = new TreeMap<>();
  private String flavour = "onnx";
  private String codeCommit = "";
  private boolean codeDirty;
  private String author = "";
  private String description = "";
  private Content artifact = Content.EMPTY;
  private Content verificationRows = Content.EMPTY;
  private Content trainingProfile = Content.EMPTY;

  ModelCandidateBuilder(String name) {
    this.name = name;
  }

  /** Adds the next input of the signature. */
  public ModelCandidateBuilder input(String field, String type) {
    inputs.add(new SignatureField(field, type));
    return this;
  }

  /** Adds the next output of the signature. */
  public ModelCandidateBuilder output(String field, String type) {
    outputs.add(new SignatureField(field, type));
    return this;
  }

  /** Format of the artifact; {@code onnx} by default. */
  public ModelCandidateBuilder flavour(String format) {
    flavour = format;
    return this;
  }

  /** Adds what the trainer was told. */
  public ModelCandidateBuilder parameters(Map<String, String> more) {
    parameters.putAll(more);
    return this;
  }

  /** Adds what evaluation found. */
  public ModelCandidateBuilder metrics(Map<String, Double> more) {
    metrics.putAll(more);
    return this;
  }

  /** Adds a table that was trained on. */
  public ModelCandidateBuilder dataVersion(String location, String version) {
    dataVersions.put(location, version);
    return this;
  }

  /** Adds a definition that was used. */
  public ModelCandidateBuilder definition(String definition, String fingerprint) {
    definitionFingerprints.put(definition, fingerprint);
    return this;
  }

  /**
   * The training code's commit, and whether files differed from it; unknown ({@code ""}, false) by
   * default.
   */
  public ModelCandidateBuilder code(String commit, boolean dirty) {
    codeCommit = commit;
    codeDirty = dirty;
    return this;
  }

  /** Adds versions of Java, libraries, image. */
  public ModelCandidateBuilder environment(Map<String, String> more) {
    environment.putAll(more);
    return this;
  }

  /** Who registers; unknown ({@code ""}) by default. */
  public ModelCandidateBuilder author(String who) {
    author = who;
    return this;
  }

  /** What the model is for; {@code ""} by default. */
  public ModelCandidateBuilder description(String prose) {
    description = prose;
    return this;
  }

  /** The model's bytes. */
  public ModelCandidateBuilder artifact(byte[] bytes) {
    artifact = Content.of(bytes);
    return this;
  }

  /** Rows with expected outputs; none by default. */
  public ModelCandidateBuilder verificationRows(byte[] json) {
    verificationRows = Content.of(json);
    return this;
  }

  /** Statistics of the training data; none by default. */
  public ModelCandidateBuilder trainingProfile(byte[] bytes) {
    trainingProfile = Content.of(bytes);
    return this;
  }

  /**
   * The candidate.
   *
   * @throws IllegalArgumentException if the name is not allowed, the signature lacks a side, or
   *     there is no artifact
   */
  public ModelCandidate build() {
    return new ModelCandidate(
        name,
        new Signature(inputs, outputs),
        flavour,
        parameters,
        metrics,
        dataVersions,
        definitionFingerprints,
        codeCommit,
        codeDirty,
        environment,
        author,
        description,
        artifact,
        verificationRows,
        trainingProfile);
  }
}
