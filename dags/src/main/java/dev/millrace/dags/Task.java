package dev.millrace.dags;

import dev.millrace.features.AuditJob;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.MaterializeJob;
import dev.millrace.features.OnlineAudit;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.scoring.DriftWatch;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.TrainingReport;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** One job of a pipeline. */
public sealed interface Task {
  /** Names the task among those of its pipeline: {@code materialize origin_delays}. */
  String id();

  /** The ids of the tasks that come before it, since it reads what they write. */
  List<String> after();

  <ResultT> ResultT accept(Visitor<ResultT> visitor);

  /** One answer for each kind of task. */
  interface Visitor<ResultT> {
    ResultT visit(Ingest ingest);

    ResultT visit(Materialize materialize);

    ResultT visit(Train train);

    ResultT visit(Score score);

    ResultT visit(Watch watch);

    ResultT visit(Audit audit);
  }

  /** Brings a source into its log. */
  record Ingest(Source source) implements Task {
    @Override
    public String id() {
      return "ingest " + source.name();
    }

    @Override
    public List<String> after() {
      return List.of();
    }

    @Override
    public <ResultT> ResultT accept(Visitor<ResultT> visitor) {
      return visitor.visit(this);
    }
  }

  /** Keeps a view's values offline and online. */
  record Materialize(MaterializeJob job) implements Task {
    @Override
    public String id() {
      return id(view());
    }

    static String id(FeatureView view) {
      return "materialize " + view.name();
    }

    @Override
    public List<String> after() {
      return List.of(new Ingest(view().source()).id());
    }

    @Override
    public <ResultT> ResultT accept(Visitor<ResultT> visitor) {
      return visitor.visit(this);
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

    @Override
    public List<String> after() {
      return model.trainingSet().sources().stream().map(source -> new Ingest(source).id()).toList();
    }

    @Override
    public <ResultT> ResultT accept(Visitor<ResultT> visitor) {
      return visitor.visit(this);
    }
  }

  /** Scores a period. */
  record Score(ScoringJob job) implements Task {
    @Override
    public String id() {
      return "score " + job.name();
    }

    @Override
    public List<String> after() {
      Task train = new Train(job.model());
      return Stream.concat(train.after().stream(), Stream.of(train.id())).toList();
    }

    @Override
    public <ResultT> ResultT accept(Visitor<ResultT> visitor) {
      return visitor.visit(this);
    }
  }

  /** Compares what was scored with what was trained on. */
  record Watch(DriftWatch watch) implements Task {
    @Override
    public String id() {
      return "watch " + watch.name();
    }

    @Override
    public List<String> after() {
      return List.of(new Score(watch.scoring()).id());
    }

    @Override
    public <ResultT> ResultT accept(Visitor<ResultT> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Holds a sample of a view's online values against those of its log.
   *
   * @param time of the values, up to which the view was loaded
   */
  record Audit(AuditJob job, Instant time) implements Task {
    @Override
    public String id() {
      return "audit " + job.view().name();
    }

    @Override
    public List<String> after() {
      return List.of(Materialize.id(job.view()));
    }

    @Override
    public <ResultT> ResultT accept(Visitor<ResultT> visitor) {
      return visitor.visit(this);
    }
  }

  /** What a task came to. */
  sealed interface Result {
    <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor);

    record Ingested(IngestJob job, WriteReport report) implements Result {
      @Override
      public <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor) {
        return visitor.visit(this);
      }
    }

    record Materialized(MaterializeJob job, MaterializeJob.Report report) implements Result {
      @Override
      public <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor) {
        return visitor.visit(this);
      }
    }

    record Trained(ModelSpec model, TrainingReport report) implements Result {
      @Override
      public <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor) {
        return visitor.visit(this);
      }
    }

    record Scored(ScoringJob job, ScoringJob.Report report) implements Result {
      @Override
      public <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor) {
        return visitor.visit(this);
      }
    }

    record Watched(DriftWatch watch, DriftWatch.Report report) implements Result {
      @Override
      public <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor) {
        return visitor.visit(this);
      }
    }

    record Audited(AuditJob job, OnlineAudit.Report report) implements Result {
      @Override
      public <AnswerT> AnswerT accept(ResultVisitor<AnswerT> visitor) {
        return visitor.visit(this);
      }
    }
  }

  /** One answer for each kind of result. */
  interface ResultVisitor<AnswerT> {
    AnswerT visit(Result.Ingested ingested);

    AnswerT visit(Result.Materialized materialized);

    AnswerT visit(Result.Trained trained);

    AnswerT visit(Result.Scored scored);

    AnswerT visit(Result.Watched watched);

    AnswerT visit(Result.Audited audited);
  }
}
