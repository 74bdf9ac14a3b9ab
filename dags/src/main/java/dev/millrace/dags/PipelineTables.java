package dev.millrace.dags;

import dev.millrace.features.IngestJob;
import dev.millrace.features.MaterializeJob;
import dev.millrace.features.QualityJob;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.registry.TrainingData;
import dev.millrace.training.TrainingJob;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The Delta tables that a pipeline keeps in a workspace. */
public record PipelineTables(Pipeline pipeline, Workspace workspace) {
  /** All of them, by path. */
  public Set<String> paths() {
    Set<String> paths = new LinkedHashSet<>();
    for (Source source : pipeline.sources()) {
      IngestJob ingest = new IngestJob(source);
      paths.add(ingest.log(workspace));
      paths.add(ingest.quarantine(workspace));
      paths.add(new QualityJob(source).table(workspace));
    }
    pipeline.views().forEach(view -> paths.add(MaterializeJob.table(view, workspace)));
    pipeline
        .models()
        .forEach(
            model -> {
              paths.add(model.trainingSet().table(workspace));
              paths.add(TrainingJob.evaluation(model, workspace));
            });
    pipeline.scorings().forEach(scoring -> paths.add(scoring.table(workspace)));
    return paths;
  }

  /** The versions that registered models were trained on, by path. */
  public Map<String, Set<Long>> pinned(Registry registry) {
    Map<String, Set<Long>> pinned = new HashMap<>();
    for (ModelVersion version : registry.versions()) {
      for (TrainingData data : version.details().trainingData()) {
        // Data from elsewhere may have versions of another kind.
        if (data.version().matches("[0-9]{1,18}")) {
          pinned
              .computeIfAbsent(workspace.path(data.table()), none -> new HashSet<>())
              .add(Long.parseLong(data.version()));
        }
      }
    }
    return pinned;
  }
}
