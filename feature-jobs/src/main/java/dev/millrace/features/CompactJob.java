package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins the small files that many runs of few days leave in tables. What was computed stays
 * current.
 *
 * @param tables Delta tables, by path; those that are not there yet are passed over
 */
public record CompactJob(Collection<String> tables) {
  public CompactJob {
    tables = List.copyOf(tables);
  }

  /** The tables, and what became of their files. */
  public Map<String, Engine.Compaction> run(Engine engine) {
    Map<String, Engine.Compaction> done = new LinkedHashMap<>();
    for (String table : tables) {
      done.put(table, engine.compact(Location.DeltaTable.at(table)));
    }
    return done;
  }
}
