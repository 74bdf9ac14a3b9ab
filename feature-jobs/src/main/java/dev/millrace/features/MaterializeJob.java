package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a view's values at the times of a schedule offline, and its tiles as of the schedule's end
 * online.
 */
public record MaterializeJob(FeatureView view, Schedule schedule) {
  /** The table of the view's values: keys, {@code time}, values. */
  public static String table(FeatureView view, Workspace workspace) {
    return workspace.path("features", view.name(), view.version(), "values");
  }

  public Write offlinePlan(Workspace workspace) {
    Emit.Every times =
        new Emit.Every(
            schedule.start().plus(schedule.period()),
            schedule.end().plus(schedule.period()),
            schedule.period().toNanos() / 1000);
    return new Write(
        new WindowAggregate(view.events(workspace), times),
        new Sink.Delta(
            table(view, workspace),
            List.of(),
            Optional.of(new Sink.Interval("time", times.start(), times.end()))));
  }

  /** The load of the online store, where the view is kept there. */
  public Optional<Write> onlinePlan(Workspace workspace, Sink.OnlineAddress address) {
    return view.online()
        .map(
            ttl ->
                new Write(
                    new WindowAggregate(view.events(workspace), new Emit.Tiles(schedule.end())),
                    new Sink.Online(address, view.space(), ttl)));
  }

  public Report run(Engine engine, Workspace workspace, Sink.OnlineAddress address) {
    WriteReport offline = engine.run(offlinePlan(workspace));
    return new Report(offline, onlinePlan(workspace, address).map(engine::run));
  }

  /** What went where; a view that is not kept online has no second part. */
  public record Report(WriteReport offline, Optional<WriteReport> online) {}
}
