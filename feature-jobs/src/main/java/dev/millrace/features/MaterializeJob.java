package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps a view's values at the times of a schedule offline, and its tiles as of the schedule's end
 * online.
 *
 * <p>Offline it goes by days: a day whose values are of the same definition and of the same events
 * is left as it is, and the others are computed, some in one commit. A run that was killed goes on
 * from the last commit.
 */
public record MaterializeJob(FeatureView view, Schedule schedule) {
  /** The column of the table that it is kept by: the day of {@code time}, in UTC. */
  static final String DAY = "day";

  /** How many days are computed in one commit unless said. */
  public static final int MOST_DAYS = 60;

  /** The table of the view's values: keys, {@code time}, values, {@code day}. */
  public static String table(FeatureView view, Workspace workspace) {
    return workspace.path("features", view.name(), view.version(), "values");
  }

  /** The values of some days; each is found done alone. */
  public Write offlinePlan(Workspace workspace, Days days) {
    Write whole = values(workspace, days);
    List<Write> parts =
        schedule.days().stream()
            .filter(days::contains)
            .map(day -> values(workspace, Days.of(day)))
            .toList();
    return new Write(whole.input(), whole.sink(), parts);
  }

  private Write values(Workspace workspace, Days days) {
    Emit.Every times = schedule.within(days);
    Node values = new WindowAggregate(view.events(workspace, times), times);
    List<NamedExpression> columns = new ArrayList<>();
    values.schema().names().forEach(name -> columns.add(NamedExpression.column(name)));
    columns.add(new NamedExpression(DAY, "to_date(time)"));
    return new Write(
        Project.of("feature view '" + view.name() + "'", values, columns, Optional.empty()),
        new Sink.Delta(table(view, workspace), List.of(DAY), Optional.of(days.of(DAY))));
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

  /** How each day of the schedule stands offline. */
  public Map<LocalDate, Standing> standing(Engine engine, Workspace workspace) {
    List<LocalDate> days = schedule.days();
    List<Standing> standings =
        engine.standing(days.stream().map(day -> values(workspace, Days.of(day))).toList());
    Map<LocalDate, Standing> all = new LinkedHashMap<>();
    for (int i = 0; i < days.size(); i++) {
      all.put(days.get(i), standings.get(i));
    }
    return all;
  }

  /** Hears of each commit of a backfill. */
  public interface Listener {
    /** So many days are to be computed. */
    default void begins(int days) {}

    /**
     * Days were written.
     *
     * @param done how many of them were by now
     * @param total how many the run computes
     */
    void written(Days days, WriteReport report, int done, int total);
  }

  /**
   * Computes the days of the schedule that are not current, of those asked for.
   *
   * @param mostDays how many in one commit; a run that is killed computes these again
   * @return how many days were computed
   */
  public int backfill(
      Engine engine, Workspace workspace, Days within, int mostDays, Listener listener) {
    List<Days> chunks = chunks(standing(engine, workspace), within, mostDays);
    int total = chunks.stream().mapToInt(this::count).sum();
    listener.begins(total);
    int done = 0;
    for (Days chunk : chunks) {
      WriteReport report = engine.run(offlinePlan(workspace, chunk));
      done += count(chunk);
      listener.written(chunk, report, done, total);
    }
    return total;
  }

  private int count(Days days) {
    return Math.toIntExact(schedule.days().stream().filter(days::contains).count());
  }

  /** Runs of days that follow each other in the schedule. */
  private static List<Days> chunks(Map<LocalDate, Standing> standing, Days within, int mostDays) {
    if (mostDays < 1) {
      throw new IllegalArgumentException(
          "A commit of " + mostDays + " days computes nothing. Give 1 or more.");
    }
    List<Days> chunks = new ArrayList<>();
    List<LocalDate> open = new ArrayList<>();
    for (Map.Entry<LocalDate, Standing> each : standing.entrySet()) {
      boolean computed = each.getValue() != Standing.CURRENT && within.contains(each.getKey());
      if (!open.isEmpty() && (!computed || open.size() == mostDays)) {
        chunks.add(span(open));
        open.clear();
      }
      if (computed) {
        open.add(each.getKey());
      }
    }
    if (!open.isEmpty()) {
      chunks.add(span(open));
    }
    return chunks;
  }

  private static Days span(List<LocalDate> days) {
    return new Days(days.get(0), days.get(days.size() - 1).plusDays(1));
  }

  /** All days of the schedule that are not current, and the load of the online store. */
  public Report run(Engine engine, Workspace workspace, Sink.OnlineAddress address) {
    Days all = span(schedule.days());
    int computed = backfill(engine, workspace, all, MOST_DAYS, (days, report, done, total) -> {});
    WriteReport offline = engine.run(offlinePlan(workspace, all)).unchanged(computed == 0);
    return new Report(offline, onlinePlan(workspace, address).map(engine::run));
  }

  /** What went where; a view that is not kept online has no second part. */
  public record Report(WriteReport offline, Optional<WriteReport> online) {}
}
