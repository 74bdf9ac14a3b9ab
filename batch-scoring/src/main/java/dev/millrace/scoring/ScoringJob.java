package dev.millrace.scoring;

import dev.millrace.features.Names;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.Period;
import dev.millrace.training.TrainingJob;
import dev.millrace.training.TrainingSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Scores the requests of a period with the version that an alias of the model names, and keeps
 * features, score and version of every one.
 */
public record ScoringJob(String name, ModelSpec model, Period period) {
  /** The column that names the version which gave a score: {@code late_flight@3}. */
  public static final String MODEL_VERSION = "model_version";

  public ScoringJob {
    Names.check("scoring job", name);
  }

  /** What a run came to. */
  public record Report(WriteReport predictions, ModelVersion version) {}

  public Report run(Engine engine, Workspace workspace, Registry registry) {
    RegisteredModel loaded = RegisteredModel.load(registry, model.name() + "@" + model.alias());
    Write plan = new Write(plan(workspace, loaded), sink(workspace));
    return new Report(engine.run(plan), loaded.version());
  }

  /** The text that tells a job from another: whose requests it scores, by what. */
  public String canonical() {
    return model.trainingSet().canonical()
        + "\n"
        + model.name()
        + "@"
        + model.alias()
        + "\n"
        + period.start()
        + " to "
        + period.end();
  }

  /** How the predictions stand to what a run would write; nothing is scored to find out. */
  public Standing standing(Engine engine, Workspace workspace, Registry registry) {
    if (!registry.models().contains(model.name())) {
      return Standing.MISSING;
    }
    RegisteredModel loaded = RegisteredModel.load(registry, model.name() + "@" + model.alias());
    return engine.standing(List.of(new Write(plan(workspace, loaded), sink(workspace)))).get(0);
  }

  /**
   * The predictions, of all periods. Those of a period are as the run left them that wrote it last,
   * whose version itself may have been cleaned away since.
   */
  Scan predictions(Workspace workspace, RegisteredModel loaded) {
    return new Scan(Location.DeltaTable.at(table(workspace)), plan(workspace, loaded).schema());
  }

  /** Where the predictions lie. */
  public String table(Workspace workspace) {
    return workspace.path("scoring", name, "predictions");
  }

  private Sink.Delta sink(Workspace workspace) {
    return new Sink.Delta(
        table(workspace),
        List.of(),
        Optional.of(new Interval(TrainingSet.TIME, period.start(), period.end())));
  }

  private Node plan(Workspace workspace, RegisteredModel loaded) {
    String definition = "scoring job '" + name + "'";
    Node requests = model.trainingSet().requests(workspace, period);
    Node scored =
        new Score(definition, requests, loaded.inputs(), loaded.scorer(), TrainingJob.SCORE);
    Stream<NamedExpression> columns =
        Stream.concat(
            scored.schema().names().stream().map(NamedExpression::column),
            Stream.of(
                new NamedExpression(MODEL_VERSION, "'" + loaded.version().reference() + "'")));
    return Project.of(definition, scored, columns.toList(), Optional.empty());
  }
}
