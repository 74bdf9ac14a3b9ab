package dev.millrace.registry;

import java.nio.file.Path;
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
  private final List<Metric> metrics = new ArrayList<>();
  private final List<TrainingData> trainingData = new ArrayList<>();
  private final List<DefinitionReference> definitions = new ArrayList<>();
  private final List<ModelCandidate.DefinitionText> texts = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final Map<String, String> tags = new TreeMap<>();
  private String semver = "";
  private String flavour = "onnx";
  private CodeReference code = CodeReference.UNKNOWN;
  private String author = "";
  private String description = "";
  private String card = "";
  private Content artifact = Content.EMPTY;
  private Content verificationRows = Content.EMPTY;
  private Content trainingProfile = Content.EMPTY;

  ModelCandidateBuilder(String name) {
    this.name = name;
  }

  /** A version in words of one's own, such as {@code 2.1.0}. */
  public ModelCandidateBuilder semver(String words) {
    semver = words;
    return this;
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

  /** Adds what evaluation found on a split. */
  public ModelCandidateBuilder metrics(String split, Map<String, Double> more) {
    more.forEach((metric, value) -> metric(new Metric(metric, split, "", value)));
    return this;
  }

  /** Adds one number that evaluation found. */
  public ModelCandidateBuilder metric(Metric metric) {
    metrics.add(metric);
    return this;
  }

  /** Adds a table that was trained on. */
  public ModelCandidateBuilder trainingData(TrainingData data) {
    trainingData.add(data);
    return this;
  }

  /** Adds a definition that was used, whose text is not kept with it. */
  public ModelCandidateBuilder definition(DefinitionReference definition) {
    definitions.add(definition);
    return this;
  }

  /** Adds a definition that was used; its text is kept once, for all versions that use it. */
  public ModelCandidateBuilder definition(DefinitionReference definition, String text) {
    texts.add(new ModelCandidate.DefinitionText(definition, text));
    return definition(definition);
  }

  /**
   * The training code's commit, and whether files differed from it; unknown ({@code ""}, false) by
   * default.
   */
  public ModelCandidateBuilder code(String commit, boolean dirty) {
    code = new CodeReference(commit, dirty);
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

  /** Adds labels of one's own. */
  public ModelCandidateBuilder tags(Map<String, String> more) {
    tags.putAll(more);
    return this;
  }

  /** The model card's text; {@code ""} by default. */
  public ModelCandidateBuilder card(String prose) {
    card = prose;
    return this;
  }

  /** The model's bytes. */
  public ModelCandidateBuilder artifact(byte[] bytes) {
    return artifact(Content.of(bytes));
  }

  /** The model's bytes in a file, of any size. */
  public ModelCandidateBuilder artifact(Path file) {
    return artifact(Content.of(file));
  }

  /** The model's bytes. */
  public ModelCandidateBuilder artifact(Content content) {
    artifact = content;
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
   * @throws IllegalArgumentException if the name is not allowed, a column is named twice, or there
   *     is no artifact
   */
  public ModelCandidate build() {
    return new ModelCandidate(
        new ModelDetails(
            name,
            semver,
            new Signature(inputs, outputs),
            flavour,
            parameters,
            metrics,
            trainingData,
            definitions,
            code,
            environment,
            author,
            description,
            tags,
            card),
        texts,
        artifact,
        verificationRows,
        trainingProfile);
  }
}
