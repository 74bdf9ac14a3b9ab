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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings a source's rows into its log: those that hold what is expected of them, by day of their
 * event time. All rows, or those of some days: then what the log and the quarantine hold of those
 * days is replaced, expectations are judged on their rows alone, and values of other days stay what
 * they are.
 */
public record IngestJob(Source source) {
  private static final int LAST_COMMITS = 20;

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
    WriteReport report = engine.run(replayed(engine, workspace, days));
    new QualityJob(source).run(engine, workspace, days);
    return report;
  }

  private Write replayed(Engine engine, Workspace workspace, Optional<Days> days) {
    long log = newest(engine, log(workspace));
    long aside = newest(engine, quarantine(workspace));
    // A replay before this one may have written the log and been stopped, or have done all.
    List<Write> earlier = new ArrayList<>();
    for (long madeOf = log - 1; madeOf >= Math.max(0, log - LAST_COMMITS); madeOf--) {
      for (long asideThen = aside; asideThen >= Math.max(0, aside - 1); asideThen--) {
        earlier.add(replay(workspace, days, madeOf, asideThen));
      }
    }
    int done = engine.standing(earlier).indexOf(Standing.CURRENT);
    if (done >= 0) {
      return earlier.get(done);
    }
    days.ifPresent(some -> requireNoneMoved(engine, workspace, some, log, aside));
    return replay(workspace, days, log, aside);
  }

  private static long newest(Engine engine, String table) {
    return Long.parseLong(engine.version(Location.DeltaTable.at(table)));
  }

  private Write replay(Workspace workspace, Optional<Days> days, long log, long aside) {
    Optional<Interval> interval = days.map(each -> each.of(Source.DAY));
    List<Node> again = again(workspace, interval, log, aside);
    return write(workspace, source.accepted(again, quarantine(workspace), interval), interval);
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
    WriteReport report =
        engine.run(days.map(some -> plan(workspace, some)).orElseGet(() -> plan(workspace)));
    new QualityJob(source).run(engine, workspace, days);
    return report;
  }
}
