package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.problem.MillraceException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
    return days.together(each -> plan(workspace, Optional.of(each.of(Source.DAY))));
  }

  private Write plan(Workspace workspace, Optional<Interval> days) {
    return write(workspace, source.accepted(quarantine(workspace), days), days);
  }

  /**
   * Judges rows that were set aside again, together with those of the log, by what is expected of
   * them now: those that hold go into the log, the others stay aside with their reasons of now. For
   * after a rule was mended; rows that were mended where they come from are ingested again.
   * Messages of a stream that were set aside stay where they are.
   *
   * @param days of the log that are judged again; all where empty
   */
  public WriteReport replay(Engine engine, Workspace workspace, Optional<Days> days) {
    Optional<Engine.LastRun> last = lastRun(engine, workspace);
    Optional<Write> before = last.flatMap(run -> replayed(engine, workspace, run));
    last.ifPresent(run -> finish(engine, run, before));
    WriteReport report =
        engine.run(
            before
                .filter(replay -> last.get().interval().equals(interval(days)))
                .orElseGet(() -> replayed(engine, workspace, days)));
    new QualityJob(source).run(engine, workspace, days);
    return report;
  }

  private Optional<Engine.LastRun> lastRun(Engine engine, Workspace workspace) {
    return engine.lastRun(
        Location.DeltaTable.at(log(workspace)), Location.DeltaTable.at(quarantine(workspace)));
  }

  /** The last run of the log, where it was a replay by what is expected now. */
  private Optional<Write> replayed(Engine engine, Workspace workspace, Engine.LastRun last) {
    OptionalLong log = version(last, log(workspace));
    OptionalLong aside = version(last, quarantine(workspace));
    if (log.isEmpty() || aside.isEmpty()) {
      return Optional.empty();
    }
    Write replay = replay(workspace, last.interval(), log.getAsLong(), aside.getAsLong());
    return engine.standing(List.of(replay)).contains(Standing.CURRENT)
        ? Optional.of(replay)
        : Optional.empty();
  }

  /** The version of a table that a run's plan names. */
  private static OptionalLong version(Engine.LastRun run, String table) {
    String named = Location.DeltaTable.at(table) + "@v";
    return run.read().entrySet().stream()
        .filter(read -> read.getKey().startsWith(named))
        .mapToLong(read -> Long.parseLong(read.getValue()))
        .findFirst();
  }

  /**
   * A replay that was stopped when its rows were in the log already, and in the quarantine still,
   * takes them out there, by the versions that it read: what comes after it is made of both.
   *
   * @throws MillraceException where the last run was stopped there, and is no such replay
   */
  private void finish(Engine engine, Engine.LastRun last, Optional<Write> replay) {
    if (last.isWhole()) {
      return;
    }
    WriteReport unused =
        engine.run(
            replay.orElseThrow(
                () ->
                    MillraceException.because(
                        "Cannot build on the log of source '" + source.name() + "'",
                        "its last run, "
                            + last.interval().map(Object::toString).orElse("of all days")
                            + ", was stopped before it set rows aside, and rows would be taken"
                            + " twice",
                        "Run it again as it was, or ingest its days again")));
  }

  private Write replayed(Engine engine, Workspace workspace, Optional<Days> days) {
    long log = newest(engine, log(workspace));
    long aside = newest(engine, quarantine(workspace));
    days.ifPresent(some -> requireNoneMoved(engine, workspace, some, log, aside));
    return replay(workspace, interval(days), log, aside);
  }

  private static Optional<Interval> interval(Optional<Days> days) {
    return days.map(each -> each.of(Source.DAY));
  }

  private static long newest(Engine engine, String table) {
    return Long.parseLong(engine.version(Location.DeltaTable.at(table)));
  }

  private Write replay(Workspace workspace, Optional<Interval> days, long log, long aside) {
    List<Node> again = again(workspace, days, log, aside);
    return write(workspace, source.accepted(again, quarantine(workspace), days), days);
  }

  private List<Node> again(Workspace workspace, Optional<Interval> days, long log, long aside) {
    Node kept =
        new Scan(Location.DeltaTable.at(log(workspace)).asOf(log), source.logSchema(), days);
    Node setAside =
        source.setAside(Location.DeltaTable.at(quarantine(workspace)).asOf(aside), days);
    return List.of(kept, setAside);
  }

  /** A row of these days that is now of another would be replaced and go nowhere. */
  private void requireNoneMoved(
      Engine engine, Workspace workspace, Days days, long log, long aside) {
    Interval interval = days.of(Source.DAY);
    List<String> moved =
        engine
            .collect(source.moved(again(workspace, Optional.of(interval), log, aside), interval))
            .column(Source.DAY)
            .stream()
            .map(String::valueOf)
            .sorted()
            .toList();
    if (!moved.isEmpty()) {
      String first = moved.get(0);
      String last = moved.get(moved.size() - 1);
      throw MillraceException.because(
          "Cannot replay " + days + " of source '" + source.name() + "'",
          "by the event time of now some of these rows are of "
              + (first.equals(last) ? first : first + " to " + last)
              + ", and would be lost",
          "Replay days that include those too, or all");
    }
  }

  /** Where the accepted rows lie. */
  public String log(Workspace workspace) {
    return workspace.path("sources", source.name(), "events");
  }

  private Write write(Workspace workspace, Node accepted, Optional<Interval> days) {
    return new Write(accepted, new Sink.Delta(log(workspace), List.of(Source.DAY), days));
  }

  /** Brings in all rows, and profiles them. */
  public WriteReport run(Engine engine, Workspace workspace) {
    return run(engine, workspace, Optional.empty());
  }

  /** Brings in the rows of some days, or all, and profiles them. */
  public WriteReport run(Engine engine, Workspace workspace, Optional<Days> days) {
    lastRun(engine, workspace)
        .filter(last -> version(last, quarantine(workspace)).isPresent())
        .filter(last -> !isReplaced(last.interval(), interval(days)))
        .ifPresent(last -> finish(engine, last, replayed(engine, workspace, last)));
    WriteReport report =
        engine.run(days.map(some -> plan(workspace, some)).orElseGet(() -> plan(workspace)));
    new QualityJob(source).run(engine, workspace, days);
    return report;
  }

  private static boolean isReplaced(Optional<Interval> rows, Optional<Interval> by) {
    return by.isEmpty() || rows.filter(by.get()::contains).isPresent();
  }
}
