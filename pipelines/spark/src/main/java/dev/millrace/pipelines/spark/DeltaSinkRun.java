package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Writes a plan's rows to a Delta table in one commit, or finds that they are there already. */
final class DeltaSinkRun implements SinkRun {
  private final SparkSession session;
  private final Versions versions;

  DeltaSinkRun(SparkSession session, Versions versions) {
    this.session = session;
    this.versions = versions;
  }

  @Override
  public Standing standing(Write write) {
    Sink.Delta sink = (Sink.Delta) write.sink();
    return versions
        .history(sink.path())
        .standing(sink.interval(), PlanIdentity.of(write.input(), sink, versions));
  }

  @Override
  public WriteReport run(Write write, Compilation compilation) {
    Sink.Delta sink = (Sink.Delta) write.sink();
    TableHistory before = versions.history(sink.path());
    List<Account.Part> parts = new ArrayList<>();
    boolean current = true;
    for (Write unit : write.units()) {
      Sink.Delta of = (Sink.Delta) unit.sink();
      PlanIdentity identity = PlanIdentity.of(unit.input(), of, versions);
      current &= before.standing(of.interval(), identity) == Standing.CURRENT;
      parts.add(Account.Part.of(of.interval(), identity));
    }
    boolean done = current && versions.isAsideCurrent(write.input(), parts);
    if (done && !compilation.goesByTheClock(write.input())) {
      TableHistory.Commit newest = before.run(sink.interval()).orElseThrow();
      return report(sink, newest, Optional.of(rows(write, newest)), newest.account());
    }
    if (!current) {
      before.requireNoStream(sink);
    }
    if (!done) {
      versions.requireNoStreamAside(write.input());
    }
    TableHistory.ReadVersion base = versions.base(write.input(), sink.path());
    String run = PlanIdentity.of(write.input(), sink, versions).digest();
    Dataset<Row> rows = compilation.compile(write.input(), run);
    Account account = new Account(parts, compilation.expectations(), versions.read());
    OptionalLong version = OptionalLong.empty();
    if (!current) {
      version =
          OptionalLong.of(
              DeltaReplacement.commit(
                  session,
                  rows,
                  sink,
                  sink.interval().map(each -> each.condition(write.input().schema())),
                  account,
                  now -> now.requireNoneSince(base, sink)));
    }
    if (!done) {
      compilation.setAside(account);
    }
    TableHistory.Commit written =
        DeltaHistory.of(session, sink.path()).run(sink.interval(), version).orElseThrow();
    Optional<Long> found = current ? Optional.of(rows(write, written)) : Optional.empty();
    return report(sink, written, found, account);
  }

  /** Rows that were written together are counted in their commit; others are counted now. */
  private long rows(Write write, TableHistory.Commit newest) {
    Sink.Delta sink = (Sink.Delta) write.sink();
    boolean together =
        newest.account() != null && newest.account().parts().size() == write.units().size();
    return together
        ? newest.rows()
        : session
            .read()
            .format("delta")
            .load(sink.path())
            .filter(condition(sink.interval(), write.input().schema()))
            .count();
  }

  private static String condition(Optional<Interval> interval, Schema schema) {
    return interval.map(each -> each.condition(schema)).orElse("true");
  }

  /**
   * @param found the rows that were there already; empty where they were written now
   */
  private static WriteReport report(
      Sink.Delta sink,
      TableHistory.Commit commit,
      Optional<Long> found,
      @Nullable Account account) {
    return new WriteReport(
        sink.path(),
        Long.toString(commit.version()),
        found.orElse(commit.rows()),
        found.isPresent(),
        account == null ? List.of() : account.expectations(),
        account == null ? Map.of() : account.versions());
  }
}
