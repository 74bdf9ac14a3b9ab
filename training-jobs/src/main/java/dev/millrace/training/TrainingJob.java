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
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.ModelCandidateBuilder;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.training.onnx.OnnxScorer;
import dev.millrace.transforms.drift.Profile;
import dev.millrace.transforms.problem.MillraceException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    Map<String, String> data = data(engine, written, workspace);
    Optional<ModelVersion> known = known(registry, data);
    if (known.isPresent()) {
      hold(known.get().metrics());
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
    Map<String, Double> metrics = new TreeMap<>();
    for (String split : List.of("train", "test")) {
      spec.trainer()
          .evaluate(engine, scored, set.label().name(), split)
          .forEach((name, value) -> metrics.put(split + "_" + name, value));
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
    Map<String, String> data = data(engine, engine.run(write), workspace);
    return known(registry, data).isPresent() ? Standing.CURRENT : Standing.DEFINITION_CHANGED;
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

  private void hold(Map<String, Double> metrics) {
    for (Gate gate : spec.gates()) {
      Double reached = metrics.get("test_" + gate.metric());
      if (reached == null || !(reached >= gate.least())) {
        throw MillraceException.because(
            definition() + " does not pass its gate",
            "test "
                + gate.metric()
                + " is "
                + reached
                + ", and at least "
                + gate.least()
                + " is asked for",
            "Nothing was registered. Improve the features, or lower the gate if it asks too much");
      }
    }
  }

  /** The version of the same data, definitions and parameters, if there is one. */
  private Optional<ModelVersion> known(Registry registry, Map<String, String> data) {
    return registry.models().contains(spec.name())
        ? registry.versions(spec.name()).stream()
            .filter(version -> version.dataVersions().equals(data))
            .filter(version -> version.definitionFingerprints().equals(definitions()))
            .filter(version -> version.parameters().equals(parameters()))
            .reduce((first, second) -> second)
        : Optional.empty();
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
      Map<String, String> data,
      Map<String, Double> metrics,
      Profile profile,
      List<String> features) {
    ModelCandidateBuilder candidate =
        ModelCandidate.named(spec.name())
            .flavour("onnx")
            .parameters(parameters())
            .metrics(metrics)
            .code(code.commit(), code.dirty())
            .environment(Map.of("java", Runtime.version().toString()))
            .author(author)
            .description("")
            .artifact(fitted.onnx())
            .verificationRows(fitted.verification().first(ROWS_KEPT).toJson())
            .trainingProfile(profile.encode());
    features.forEach(feature -> candidate.input(feature, "double"));
    candidate.output(SCORE, "double");
    data.forEach(candidate::dataVersion);
    definitions().forEach(candidate::definition);
    return candidate.build();
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(spec.trainer().parameters());
    parameters.put("trainer", spec.trainer().kind());
    return parameters;
  }

  private Map<String, String> definitions() {
    Map<String, String> definitions = new TreeMap<>();
    definitions.put("training set " + spec.trainingSet().name(), spec.trainingSet().fingerprint());
    for (FeatureView view : spec.trainingSet().views()) {
      definitions.put("feature view " + view.name(), view.fingerprint());
    }
    return definitions;
  }

  /** Versions of the logs that the training set is made of, by their place in the workspace. */
  /** The versions of the set and of the logs that it is made of. */
  private Map<String, String> data(Engine engine, WriteReport written, Workspace workspace) {
    Map<String, String> versions = new TreeMap<>();
    versions.put("training/" + spec.trainingSet().name(), written.version());
    for (Source source : spec.trainingSet().sources()) {
      Location log = source.log(workspace).location();
      String read = written.read().get(log.toString());
      // A set that was written before runs noted this is current, and so of the log as it is.
      versions.put(
          "sources/" + source.name() + "/events", read == null ? engine.version(log) : read);
    }
    return versions;
  }

  private String definition() {
    return "model '" + spec.name() + "'";
  }
}
