package dev.millrace.dags;

import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.MaterializeJob;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.scoring.DriftWatch;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.TrainingReport;

/** One job of a pipeline. */
public sealed interface Task {
  /** Names the task among those of its pipeline: {@code materialize origin_delays}. */
  String id();

  /** Brings a source into its log. */
  record Ingest(Source source) implements Task {
    @Override
    public String id() {
      return "ingest " + source.name();
    }
  }

  /** Keeps a view's values offline and online. */
  record Materialize(MaterializeJob job) implements Task {
    @Override
    public String id() {
      return "materialize " + view().name();
    }

    public FeatureView view() {
      return job.view();
    }
  }

  /** Trains and registers a model. */
  record Train(ModelSpec model) implements Task {
    @Override
    public String id() {
      return "train " + model.name();
    }
  }

  /** Scores a period. */
  record Score(ScoringJob job) implements Task {
    @Override
    public String id() {
      return "score " + job.name();
    }
  }

  /** Compares what was scored with what was trained on. */
  record Watch(DriftWatch watch) implements Task {
    @Override
    public String id() {
      return "watch " + watch.name();
    }
  }

  /** What a task came to. */
  sealed interface Result {
    record Ingested(IngestJob job, WriteReport report) implements Result {}

    record Materialized(MaterializeJob job, MaterializeJob.Report report) implements Result {}

    record Trained(ModelSpec model, TrainingReport report) implements Result {}

    record Scored(ScoringJob job, ScoringJob.Report report) implements Result {}

    record Watched(DriftWatch watch, DriftWatch.Report report) implements Result {}
  }
}
