package dev.millrace.dags;

import dev.millrace.features.IngestJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.registry.Registry;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.CodeVersion;
import dev.millrace.training.TrainingJob;
import java.util.HashMap;
import java.util.Map;

/** Runs a pipeline's tasks in this process, one after the other. */
public final class PipelineRun {
  private final Engine engine;
  private final Workspace workspace;
  private final Registry registry;
  private final Sink.OnlineAddress online;
  private final CodeVersion code;
  private final String author;
  private final Map<String, WriteReport> predictions = new HashMap<>();

  /**
   * A run.
   *
   * @param online where views are kept online
   * @param code the commit of the definitions
   * @param author who registers models
   */
  public PipelineRun(
      Engine engine,
      Workspace workspace,
      Registry registry,
      Sink.OnlineAddress online,
      CodeVersion code,
      String author) {
    this.engine = engine;
    this.workspace = workspace;
    this.registry = registry;
    this.online = online;
    this.code = code;
    this.author = author;
  }

  /** Runs one task; those that it depends on have been run before it. */
  public Task.Result run(Task task) {
    if (task instanceof Task.Ingest ingest) {
      IngestJob job = new IngestJob(ingest.source());
      return new Task.Result.Ingested(job, job.run(engine, workspace));
    }
    if (task instanceof Task.Materialize materialize) {
      return new Task.Result.Materialized(
          materialize.job(), materialize.job().run(engine, workspace, online));
    }
    if (task instanceof Task.Train train) {
      TrainingJob job = new TrainingJob(train.model(), code, author);
      return new Task.Result.Trained(train.model(), job.run(engine, workspace, registry));
    }
    if (task instanceof Task.Score score) {
      ScoringJob.Report report = score.job().run(engine, workspace, registry);
      predictions.put(score.job().name(), report.predictions());
      return new Task.Result.Scored(score.job(), report);
    }
    Task.Watch watch = (Task.Watch) task;
    WriteReport scored = predictions.get(watch.watch().scoring().name());
    if (scored == null) {
      scored = watch.watch().scoring().run(engine, workspace, registry).predictions();
    }
    return new Task.Result.Watched(
        watch.watch(), watch.watch().run(engine, workspace, registry, scored));
  }
}
