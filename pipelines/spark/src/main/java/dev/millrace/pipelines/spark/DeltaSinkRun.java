package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Schema;
import io.delta.exceptions.DeltaConcurrentModificationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.DataFrameWriter;
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
      TableHistory.Commit newest = before.newest(sink.interval()).orElseThrow();
      return report(sink, newest, Optional.of(rows(write, newest)), newest.account());
    }
    if (!current) {
      before.requireNoStream(sink);
    }
    String run = PlanIdentity.of(write.input(), sink, versions).digest();
    Dataset<Row> rows = compilation.compile(write.input(), run);
    Account account = new Account(parts, compilation.expectations(), versions.read());
    if (!current) {
      write(rows, write.input().schema(), sink, account);
      requireWritten(sink, account);
    }
    if (!done) {
      compilation.setAside(account);
    }
    TableHistory.Commit written =
        DeltaHistory.of(session, sink.path()).newest(sink.interval()).orElseThrow();
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

  private void requireWritten(Sink.Delta sink, Account account) {
    TableHistory now = DeltaHistory.of(session, sink.path());
    if (!account.parts().stream().allMatch(now::has)) {
      throw MillraceException.because(
          "Cannot write " + place(sink),
          "another run wrote the table meanwhile",
          "Run it again: it builds on what the other left");
    }
  }

  private static String place(Sink.Delta sink) {
    return sink.path() + sink.interval().map(i -> ", " + i).orElse("");
  }

  /**
   * A writer that commits even where no row goes in or out: with the number of a transaction, of
   * which each interval counts its own.
   */
  static DataFrameWriter<Row> committing(SparkSession session, Dataset<Row> rows, Sink.Delta sink) {
    String application = "millrace " + sink.interval().map(Interval::toString).orElse("all");
    long number = DeltaHistory.transactions(session, sink.path(), application) + 1;
    return rows.write()
        .format("delta")
        .option("txnAppId", application)
        .option("txnVersion", number);
  }

  private void write(Dataset<Row> rows, Schema schema, Sink.Delta sink, Account account) {
    DataFrameWriter<Row> writer =
        committing(session, rows, sink)
            .mode("overwrite")
            .option("userMetadata", account.toJson())
            .option("delta.logRetentionDuration", TableHistory.KEPT)
            .partitionBy(sink.partitionBy().toArray(String[]::new));
    if (sink.interval().isPresent()) {
      writer =
          writer
              .option("mergeSchema", "true")
              .option("replaceWhere", condition(sink.interval(), schema));
    } else {
      writer = writer.option("overwriteSchema", "true");
    }
    try {
      writer.save(sink.path());
    } catch (DeltaConcurrentModificationException conflict) {
      throw new MillraceException(
          new Problem(
              "Cannot write " + place(sink),
              "another run wrote the table meanwhile (" + conflict.getClass().getSimpleName() + ")",
              "Nothing of this run was written. Run it again: it builds on what the other left"),
          conflict);
    }
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
