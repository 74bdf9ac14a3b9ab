package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import java.util.List;
import java.util.Optional;

/**
 * Brings a source's rows into its log: those that hold what is expected of them, by day of their
 * event time. All rows, or those of some days: then what the log and the quarantine hold of those
 * days is replaced, expectations are judged on their rows alone, and values of other days stay what
 * they are.
 */
public record IngestJob(Source source) {
  /** Where rows that were set aside lie, with their reasons. */
  public String quarantine(Workspace workspace) {
    return workspace.path("sources", source.name(), "quarantine");
  }

  /** Replaces all. */
  public Write plan(Workspace workspace) {
    return plan(workspace, Optional.empty());
  }

  /** Replaces some days; each is found done alone. */
  public Write plan(Workspace workspace, Days days) {
    Write whole = plan(workspace, Optional.of(interval(days)));
    List<Write> parts =
        days.each().map(day -> plan(workspace, Optional.of(interval(Days.of(day))))).toList();
    return new Write(whole.input(), whole.sink(), parts);
  }

  private static Interval interval(Days days) {
    return Interval.days(Source.DAY, days.start(), days.end());
  }

  private Write plan(Workspace workspace, Optional<Interval> days) {
    return new Write(
        source.accepted(quarantine(workspace), days),
        new Sink.Delta(
            workspace.path("sources", source.name(), "events"), List.of(Source.DAY), days));
  }

  public WriteReport run(Engine engine, Workspace workspace) {
    return engine.run(plan(workspace));
  }
}
