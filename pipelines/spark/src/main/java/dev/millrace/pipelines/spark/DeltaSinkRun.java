package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import io.delta.exceptions.DeltaConcurrentModificationException;
import java.util.Optional;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Writes a plan's rows to a Delta table in one commit, or finds that they are there already. */
final class DeltaSinkRun {
  private final SparkSession session;
  private final Compilation compilation;

  DeltaSinkRun(SparkSession session, Compilation compilation) {
    this.session = session;
    this.compilation = compilation;
  }

  WriteReport run(Node input, Sink.Delta sink) {
    String identity = compilation.identity(input, sink.partitionBy() + " " + sink.interval());
    Optional<DeltaHistory.Commit> last = DeltaHistory.newest(session, sink.path(), sink.interval());
    if (last.isPresent() && last.get().account().identity().equals(identity)) {
      return report(sink, last.get(), true);
    }
    Dataset<Row> rows = compilation.compile(input);
    DeltaHistory.Account account =
        DeltaHistory.Account.of(identity, sink.interval(), compilation.expectations());
    write(rows, sink, account);
    DeltaHistory.Commit written =
        DeltaHistory.newest(session, sink.path(), sink.interval()).orElseThrow();
    return report(sink, written, false);
  }

  private static void write(Dataset<Row> rows, Sink.Delta sink, DeltaHistory.Account account) {
    DataFrameWriter<Row> writer =
        rows.write()
            .format("delta")
            .mode("overwrite")
            .option("userMetadata", account.toJson())
            .partitionBy(sink.partitionBy().toArray(String[]::new));
    if (sink.interval().isPresent()) {
      Sink.Interval interval = sink.interval().get();
      String column = "`" + interval.column() + "`";
      writer =
          writer
              .option("mergeSchema", "true")
              .option(
                  "replaceWhere",
                  column
                      + " >= timestamp'"
                      + interval.start()
                      + "' and "
                      + column
                      + " < timestamp'"
                      + interval.end()
                      + "'");
    } else {
      writer = writer.option("overwriteSchema", "true");
    }
    try {
      writer.save(sink.path());
    } catch (DeltaConcurrentModificationException conflict) {
      throw new MillraceException(
          new Problem(
              "Cannot write "
                  + sink.path()
                  + sink.interval()
                      .map(i -> ", " + i.column() + " from " + i.start() + " to " + i.end())
                      .orElse(""),
              "another run wrote the table meanwhile (" + conflict.getClass().getSimpleName() + ")",
              "Nothing of this run was written. Run it again: it builds on what the other left"),
          conflict);
    }
  }

  private static WriteReport report(
      Sink.Delta sink, DeltaHistory.Commit commit, boolean unchanged) {
    return new WriteReport(
        sink.path(),
        Long.toString(commit.version()),
        commit.rows(),
        unchanged,
        commit.account().expectations());
  }
}
