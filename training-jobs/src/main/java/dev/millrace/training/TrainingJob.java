package dev.millrace.training;

import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.Gate;
import dev.millrace.registry.Metric;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.ModelCandidateBuilder;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.TrainingData;
import dev.millrace.training.onnx.OnnxScorer;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.drift.Profile;
import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Builds the training set, fits the model, proves its ONNX graph, measures it, and registers it if
 * every gate holds. A run whose data, definitions and parameters are those of a registered version
 * trains nothing.
 */
public record TrainingJob(ModelSpec spec, CodeVersion code, String author) {
  /** The column of a model's answer in every table. */
  public static final String SCORE = "score";

  private static final int ROWS_KEPT = 200;

  public TrainingReport run(Engine engine, Workspace workspace, Registry registry) {
    TrainingSet set = spec.trainingSet();
    WriteReport written = engine.run(set.write(workspace));
    List<TrainingData> data = data(engine, written, workspace);
    Optional<ModelVersion> known = known(registry, data);
    if (known.isPresent()) {
      hold(known.get().details().metrics());
      promote(registry, known.get());
      return new TrainingReport(written, known.get(), false, Optional.empty());
    }
    Scan rows = set.at(workspace, Long.parseLong(written.version()));
    List<String> features = set.featureNames();
    Profile profile =
        Profiles.of(
            engine, definition(), rows, features, Optional.of(TrainingSet.SPLIT + " = 'train'"));
    Trainer.Fitted fitted =
        spec.trainer()
            .fit(engine, new Trainer.TrainingData(rows, features, set.label().name(), profile));
    OnnxScorer scorer = new OnnxScorer(fitted.onnx());
    if (fitted.verification().scores().isEmpty()) {
      throw MillraceException.because(
          "The ONNX graph of " + definition() + " cannot be proven",
          "the test period " + set.test() + " holds no rows",
          "Choose a period that does");
    }
    VerificationRows.Outcome proof = fitted.verification().replay(spec.name(), scorer);

    Scan scored = score(engine, workspace, rows, features, scorer);
    List<Metric> metrics = new ArrayList<>();
    for (String split : List.of("train", "test")) {
      spec.trainer()
          .evaluate(engine, scored, set.label().name(), split)
          .forEach((name, value) -> metrics.add(new Metric(name, split, "", value)));
    }
    hold(metrics);
    profile.merge(
        Profiles.of(
            engine,
            definition(),
            scored,
            List.of(SCORE),
            Optional.of(TrainingSet.SPLIT + " = 'train'")));

    ModelVersion version =
        registry.register(candidate(fitted, data, metrics, profile, features)).version();
    registry.noteVerification(
        version.name(), version.version(), true, "replayed before it was registered", author);
    promote(registry, version);
    return new TrainingReport(written, version, true, Optional.of(proof));
  }

  /**
   * How the newest version of the model stands to what a run would train; nothing is computed to
   * find out.
   */
  public Standing standing(Engine engine, Workspace workspace, Registry registry) {
    Write write = spec.trainingSet().write(workspace);
    Standing set = engine.standing(List.of(write)).get(0);
    if (set != Standing.CURRENT) {
      return set;
    }
    if (!registry.models().contains(spec.name())) {
      return Standing.MISSING;
    }
    List<TrainingData> data = data(engine, engine.run(write), workspace);
    return known(registry, data).isPresent() ? Standing.CURRENT : Standing.DEFINITION_CHANGED;
  }

  /**
   * What of the definitions and parameters of a run is not what a version was trained by, such as
   * {@code another feature view origin_delays}; nothing where only the data can differ.
   */
  public List<String> differences(ModelVersion version) {
    List<DefinitionReference> then = version.details().definitions();
    List<String> differences = new ArrayList<>();
    definitions().keySet().stream()
        .filter(now -> !then.contains(now))
        .forEach(now -> differences.add("another " + now));
    if (!version.details().parameters().equals(parameters())) {
      differences.add("other parameters");
    }
    return differences;
  }

  /** Where the scored rows of a model's evaluation lie. */
  public static String evaluation(ModelSpec spec, Workspace workspace) {
    return workspace.path("models", spec.name(), "evaluation");
  }

  private Scan score(
      Engine engine, Workspace workspace, Scan rows, List<String> features, OnnxScorer scorer) {
    String table = evaluation(spec, workspace);
    Score plan = new Score(definition(), rows, features, scorer, SCORE);
    WriteReport report = engine.run(new Write(plan, Sink.Delta.whole(table)));
    return new Scan(
        Location.DeltaTable.at(table).asOf(Long.parseLong(report.version())), plan.schema());
  }

  private void hold(List<Metric> metrics) {
    for (Gate gate : spec.gates()) {
      Optional<String> breach = gate.breach(metrics);
      if (breach.isPresent()) {
        throw MillraceException.because(
            definition() + " does not pass its gate",
            breach.get() + ", and '" + gate + "' is asked for",
            "Nothing was registered. Improve the features, or lower the gate if it asks too much");
      }
    }
  }

  /** The version of the same data, definitions and parameters, if there is one. */
  private Optional<ModelVersion> known(Registry registry, List<TrainingData> data) {
    Set<DefinitionReference> definitions = definitions().keySet();
    return registry.versions(spec.name()).stream()
        .filter(version -> version.details().trainingData().equals(data))
        .filter(version -> Set.copyOf(version.details().definitions()).equals(definitions))
        .filter(version -> version.details().parameters().equals(parameters()))
        .reduce((first, second) -> second);
  }

  /** Gives the version its alias, once: a later move by someone else stands. */
  private void promote(Registry registry, ModelVersion version) {
    boolean promotedBefore =
        registry.aliasHistory(spec.name()).stream()
            .anyMatch(
                change ->
                    change.alias().equals(spec.alias()) && change.version() == version.version());
    if (!promotedBefore) {
      Optional<Integer> current = registry.alias(spec.name(), spec.alias());
      registry.promote(
          spec.name(),
          spec.alias(),
          version.version(),
          current.orElse(null),
          "passed its gates",
          author);
    }
  }

  private ModelCandidate candidate(
      Trainer.Fitted fitted,
      List<TrainingData> data,
      List<Metric> metrics,
      Profile profile,
      List<String> features) {
    ModelCandidateBuilder candidate =
        ModelCandidate.named(spec.name())
            .flavour("onnx")
            .parameters(parameters())
            .code(code.commit(), code.dirty())
            .environment(Map.of("java", Runtime.version().toString()))
            .author(author)
            .artifact(fitted.onnx())
            .verificationRows(fitted.verification().first(ROWS_KEPT).toJson())
            .trainingProfile(profile.encode());
    features.forEach(feature -> candidate.input(feature, "double"));
    candidate.output(SCORE, "double");
    metrics.forEach(candidate::metric);
    data.forEach(candidate::trainingData);
    definitions().forEach(candidate::definition);
    return candidate.build();
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(spec.trainer().parameters());
    parameters.put("trainer", spec.trainer().kind());
    return parameters;
  }

  /** What the model is made by, and its text. */
  private Map<DefinitionReference, String> definitions() {
    TrainingSet set = spec.trainingSet();
    Map<DefinitionReference, String> definitions = new LinkedHashMap<>();
    definitions.put(
        new DefinitionReference("training set", set.name(), set.fingerprint()), set.canonical());
    String labels =
        set.labelSets().stream()
            .map(each -> each.rows().name() + ": " + each.label().expression())
            .collect(Collectors.joining("\n"));
    definitions.put(
        new DefinitionReference("label", set.label().name(), Digest.sha256(labels)), labels);
    for (FeatureView view : set.views()) {
      definitions.put(
          new DefinitionReference("feature view", view.name(), view.fingerprint()),
          view.canonical());
    }
    return definitions;
  }

  /** The versions of the set and of the logs that it is made of. */
  private List<TrainingData> data(Engine engine, WriteReport written, Workspace workspace) {
    List<TrainingData> data = new ArrayList<>();
    data.add(
        new TrainingData(
            "training/" + spec.trainingSet().name(),
            written.version(),
            OptionalLong.of(written.rows()),
            spec.trainingSet().fingerprint()));
    for (Source source : spec.trainingSet().sources()) {
      Location log = source.log(workspace).location();
      String read = written.read().get(log.toString());
      // A set that was written before runs noted this is current, and so of the log as it is.
      data.add(
          TrainingData.of(
              "sources/" + source.name() + "/events", read == null ? engine.version(log) : read));
    }
    return data;
  }

  private String definition() {
    return "model '" + spec.name() + "'";
  }
}
