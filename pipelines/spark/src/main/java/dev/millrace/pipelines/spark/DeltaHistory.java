package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;

import dev.millrace.pipelines.core.Engine.Compaction;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import io.delta.tables.DeltaTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import scala.Option;

/**
 * What Spark's Delta says of a table: its versions, and the commits that its {@link TableHistory}
 * is made of.
 */
final class DeltaHistory {
  private DeltaHistory() {}

  /** The table's history as of now; empty where there is no table. */
  static TableHistory of(SparkSession session, String path) {
    return exists(session, path)
        ? TableHistory.of(most -> commits(session, path, most))
        : TableHistory.none();
  }

  static boolean exists(SparkSession session, String path) {
    return DeltaTable.isDeltaTable(session, path);
  }

  static long version(SparkSession session, Location.DeltaTable table) {
    if (table.version().isPresent()) {
      return table.version().getAsLong();
    }
    requireTable(session, table.path());
    return DeltaLog.forTable(session, table.path())
        .update(false, Option.empty(), Option.empty())
        .version();
  }

  /** The number of an application's last transaction on a table; 0 where it had none. */
  static long transactions(SparkSession session, String path, String application) {
    if (!exists(session, path)) {
      return 0;
    }
    Option<Object> last =
        DeltaLog.forTable(session, path)
            .update(false, Option.empty(), Option.empty())
            .transactions()
            .get(application);
    return last.isEmpty() ? 0 : (Long) last.get();
  }

  /** What names a table for as long as it is not made anew; nothing where there is none. */
  static String id(SparkSession session, String path) {
    return exists(session, path)
        ? DeltaLog.forTable(session, path)
            .update(false, Option.empty(), Option.empty())
            .metadata()
            .id()
        : "";
  }

  /** What a load of a table's rows is of, at a version of it. */
  static Stamp stamp(SparkSession session, Location.DeltaTable table, long end) {
    long version = table.version().orElseThrow();
    Snapshot snapshot =
        DeltaLog.forTable(session, table.path())
            .getSnapshotAt(version, Option.empty(), Option.empty());
    Option<Object> position = snapshot.transactions().get(TableHistory.STREAM);
    return new Stamp(
        Digest.first64(snapshot.metadata().id()),
        position.isEmpty() ? 0 : (Long) position.get(),
        version,
        end);
  }

  static Dataset<Row> read(SparkSession session, Location.DeltaTable table) {
    requireTable(session, table.path());
    var reader = session.read().format("delta");
    if (table.version().isPresent()) {
      reader = reader.option("versionAsOf", table.version().getAsLong());
    }
    return reader.load(table.path());
  }

  static Compaction compact(SparkSession session, String path) {
    if (!exists(session, path)) {
      return new Compaction(0, 0);
    }
    Row metrics =
        DeltaTable.forPath(session, path).optimize().executeCompaction().head().getStruct(1);
    return new Compaction(metrics.getAs("numFilesRemoved"), metrics.getAs("numFilesAdded"));
  }

  private static List<TableHistory.Commit> commits(SparkSession session, String path, int most) {
    DeltaTable table = DeltaTable.forPath(session, path);
    List<Row> rows =
        (most == Integer.MAX_VALUE ? table.history() : table.history(most))
            .select("version", "userMetadata", "operationMetrics", "operation")
            .orderBy(col("version").desc())
            .collectAsList();
    List<TableHistory.Commit> commits = new ArrayList<>();
    for (Row row : rows) {
      Map<String, String> metrics = row.isNullAt(2) ? Map.of() : row.getJavaMap(2);
      long written = metric(metrics, "numOutputRows") - metric(metrics, "numCopiedRows");
      commits.add(
          new TableHistory.Commit(
              row.getLong(0),
              written,
              TableHistory.changesRows(row.getString(3)),
              row.isNullAt(1) ? null : Account.parse(row.getString(1))));
    }
    return commits;
  }

  private static long metric(Map<String, String> metrics, String name) {
    return Long.parseLong(metrics.getOrDefault(name, "0"));
  }

  static void requireTable(SparkSession session, String path) {
    if (!exists(session, path)) {
      throw MillraceException.because(
          "Cannot read the Delta table at " + path,
          "there is none",
          "Run the job that writes it first");
    }
  }
}
