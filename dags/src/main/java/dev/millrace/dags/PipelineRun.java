package dev.millrace.dags;

import dev.millrace.features.IngestJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.registry.Registry;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.CodeVersion;
import dev.millrace.training.TrainingJob;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Runs a pipeline's tasks in this process, one after the other. */
public final class PipelineRun {
  private final Engine engine;
  private final Engine features;
  private final Workspace workspace;
  private final Registry registry;
  private final Sink.OnlineAddress online;
  private final CodeVersion code;
  private final String author;
  private final Map<String, ScoringJob.Report> scored = new HashMap<>();

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
    this(engine, engine, workspace, registry, online, code, author);
  }

  /**
   * A run on two engines.
   *
   * @param engine trains, scores and watches
   * @param features brings in sources and keeps views
   */
  public PipelineRun(
      Engine engine,
      Engine features,
      Workspace workspace,
      Registry registry,
      Sink.OnlineAddress online,
      CodeVersion code,
      String author) {
    this.engine = engine;
    this.features = features;
    this.workspace = workspace;
    this.registry = registry;
    this.online = online;
    this.code = code;
    this.author = author;
  }

  /**
   * Runs one task; those that it depends on have been run before it. What it read and made is
   * recorded in the registry.
   */
  public Task.Result run(Task task) {
    Instant start = Instant.now();
    Task.Result result = result(task);
    result.accept(new PipelineLineage(workspace, registry, author, start));
    return result;
  }

  private Task.Result result(Task task) {
    return task.accept(
        new Task.Visitor<Task.Result>() {
          @Override
          public Task.Result visit(Task.Ingest ingest) {
            IngestJob job = new IngestJob(ingest.source());
            return new Task.Result.Ingested(job, job.run(features, workspace));
          }

          @Override
          public Task.Result visit(Task.Materialize materialize) {
            return new Task.Result.Materialized(
                materialize.job(), materialize.job().run(features, workspace, online));
          }

          @Override
          public Task.Result visit(Task.Train train) {
            TrainingJob job = new TrainingJob(train.model(), code, author);
            return new Task.Result.Trained(train.model(), job.run(engine, workspace, registry));
          }

          @Override
          public Task.Result visit(Task.Score score) {
            return new Task.Result.Scored(score.job(), scored(score.job()));
          }

          @Override
          public Task.Result visit(Task.Watch watch) {
            return new Task.Result.Watched(
                watch.watch(),
                watch.watch().run(engine, workspace, registry, scored(watch.watch().scoring())));
          }

          @Override
          public Task.Result visit(Task.Audit audit) {
            return new Task.Result.Audited(
                audit.job(), audit.job().run(engine, workspace, online, audit.time()));
          }
        });
  }

  /** What the job came to in this run, which it is run for once. */
  private ScoringJob.Report scored(ScoringJob job) {
    return scored.computeIfAbsent(job.name(), name -> job.run(engine, workspace, registry));
  }
}
