package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins the small files that many runs of few days leave in the tables of sources and views. What
 * was computed stays current.
 */
public record CompactJob(List<Source> sources, List<FeatureView> views) {
  public CompactJob {
    sources = List.copyOf(sources);
    views = List.copyOf(views);
  }

  /** The tables, by path, and what became of their files. */
  public Map<String, Engine.Compaction> run(Engine engine, Workspace workspace) {
    Map<String, Engine.Compaction> done = new LinkedHashMap<>();
    for (Source source : sources) {
      IngestJob ingest = new IngestJob(source);
      compact(engine, ingest.log(workspace), done);
      compact(engine, ingest.quarantine(workspace), done);
      compact(engine, new QualityJob(source).table(workspace), done);
    }
    for (FeatureView view : views) {
      compact(engine, MaterializeJob.table(view, workspace), done);
    }
    return done;
  }

  private static void compact(Engine engine, String table, Map<String, Engine.Compaction> done) {
    done.put(table, engine.compact(Location.DeltaTable.at(table)));
  }
}
