package dev.millrace.dags;

import dev.millrace.features.FeatureView;
import dev.millrace.features.MaterializeJob;
import dev.millrace.features.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Derives a pipeline's tasks: sources before views, views before models, models before scores,
 * scores before watches.
 */
final class TaskGraph {
  private TaskGraph() {}

  static List<Task> of(Pipeline pipeline) {
    List<Task> tasks = new ArrayList<>();
    sources(pipeline).values().forEach(source -> tasks.add(new Task.Ingest(source)));
    for (FeatureView view : pipeline.views()) {
      tasks.add(new Task.Materialize(new MaterializeJob(view, pipeline.schedule())));
    }
    pipeline.models().forEach(model -> tasks.add(new Task.Train(model)));
    pipeline.scorings().forEach(scoring -> tasks.add(new Task.Score(scoring)));
    pipeline.watches().forEach(watch -> tasks.add(new Task.Watch(watch)));
    return tasks;
  }

  private static Map<String, Source> sources(Pipeline pipeline) {
    Map<String, Source> sources = new LinkedHashMap<>();
    pipeline.views().forEach(view -> sources.put(view.source().name(), view.source()));
    pipeline
        .models()
        .forEach(
            model -> {
              sources.put(model.trainingSet().rows().name(), model.trainingSet().rows());
              model
                  .trainingSet()
                  .views()
                  .forEach(view -> sources.put(view.source().name(), view.source()));
            });
    return sources;
  }
}
