package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import java.util.List;
import java.util.Optional;

/**
 * Brings a source's rows into its log: those that hold what is expected of them, by day of their
 * event time.
 */
public record IngestJob(Source source) {
  /** Where rows that were set aside lie, with their reasons. */
  public String quarantine(Workspace workspace) {
    return workspace.path("sources", source.name(), "quarantine");
  }

  public Write plan(Workspace workspace) {
    return new Write(
        source.accepted(quarantine(workspace)),
        new Sink.Delta(
            workspace.path("sources", source.name(), "events"),
            List.of("event_day"),
            Optional.empty()));
  }

  public WriteReport run(Engine engine, Workspace workspace) {
    return engine.run(plan(workspace));
  }
}
