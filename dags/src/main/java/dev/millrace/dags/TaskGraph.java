package dev.millrace.dags;

import dev.millrace.features.FeatureView;
import dev.millrace.features.MaterializeJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Derives a pipeline's tasks: sources before views, views before models, models before scores,
 * scores before watches; audits of what is online at the end, so that they hold up nothing.
 */
final class TaskGraph {
  private TaskGraph() {}

  static List<Task> of(Pipeline pipeline) {
    List<Task> tasks = new ArrayList<>();
    pipeline.sources().forEach(source -> tasks.add(new Task.Ingest(source)));
    for (FeatureView view : pipeline.views()) {
      tasks.add(new Task.Materialize(new MaterializeJob(view, pipeline.schedule())));
    }
    pipeline.models().forEach(model -> tasks.add(new Task.Train(model)));
    pipeline.scorings().forEach(scoring -> tasks.add(new Task.Score(scoring)));
    pipeline.watches().forEach(watch -> tasks.add(new Task.Watch(watch)));
    Instant end = pipeline.schedule().end();
    pipeline.audits().forEach(audit -> tasks.add(new Task.Audit(audit, end)));
    return tasks;
  }
}
