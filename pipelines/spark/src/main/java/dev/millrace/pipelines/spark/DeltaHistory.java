package dev.millrace.pipelines.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.problem.MillraceException;
import io.delta.tables.DeltaTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** What Delta's log says of a table: its newest version, and which run wrote what. */
final class DeltaHistory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int COMMITS_LOOKED_AT = 200;

  private DeltaHistory() {}

  /** A commit's own account, kept with it in the log. */
  record Account(
      String identity,
      @Nullable String column,
      @Nullable String start,
      @Nullable String end,
      List<ExpectationResult> expectations) {

    static Account of(
        String identity, Optional<Sink.Interval> interval, List<ExpectationResult> expectations) {
      return new Account(
          identity,
          interval.map(Sink.Interval::column).orElse(null),
          interval.map(i -> i.start().toString()).orElse(null),
          interval.map(i -> i.end().toString()).orElse(null),
          List.copyOf(expectations));
    }

    String toJson() {
      try {
        return JSON.writeValueAsString(this);
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    /** Whether the commit wrote, in part, what a write of this interval replaces. */
    boolean touches(Optional<Sink.Interval> interval) {
      if (column == null || start == null || end == null || interval.isEmpty()) {
        return true;
      }
      return new Sink.Interval(column, Instant.parse(start), Instant.parse(end))
          .overlaps(interval.get());
    }
  }

  /** A commit with its account. */
  record Commit(long version, long rows, Account account) {}

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

  static Dataset<Row> read(SparkSession session, Location.DeltaTable table) {
    requireTable(session, table.path());
    var reader = session.read().format("delta");
    if (table.version().isPresent()) {
      reader = reader.option("versionAsOf", table.version().getAsLong());
    }
    return reader.load(table.path());
  }

  /** The newest commit that touched the interval, if a run of Millrace made it. */
  static Optional<Commit> newest(
      SparkSession session, String path, Optional<Sink.Interval> interval) {
    if (!exists(session, path)) {
      return Optional.empty();
    }
    List<Row> commits =
        DeltaTable.forPath(session, path)
            .history(COMMITS_LOOKED_AT)
            .select("version", "userMetadata", "operationMetrics", "operation")
            .orderBy(org.apache.spark.sql.functions.col("version").desc())
            .collectAsList();
    for (Row commit : commits) {
      if (commit.getString(3).equals("OPTIMIZE") || commit.getString(3).startsWith("VACUUM")) {
        continue;
      }
      if (commit.isNullAt(1)) {
        return Optional.empty();
      }
      Account account = parse(commit.getString(1));
      if (account.touches(interval)) {
        Map<String, String> metrics = commit.getJavaMap(2);
        long rows = metric(metrics, "numOutputRows") - metric(metrics, "numCopiedRows");
        return Optional.of(new Commit(commit.getLong(0), rows, account));
      }
    }
    return Optional.empty();
  }

  private static long metric(Map<String, String> metrics, String name) {
    return Long.parseLong(metrics.getOrDefault(name, "0"));
  }

  private static Account parse(String json) {
    try {
      return JSON.readValue(json, Account.class);
    } catch (JsonProcessingException foreign) {
      return new Account("", null, null, null, List.of());
    }
  }

  private static void requireTable(SparkSession session, String path) {
    if (!exists(session, path)) {
      throw MillraceException.because(
          "Cannot read the Delta table at " + path,
          "there is none",
          "Run the job that writes it first");
    }
  }
}
