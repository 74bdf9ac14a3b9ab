package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;

import dev.millrace.pipelines.core.Engine.Compaction;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import io.delta.tables.DeltaTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * What Delta's log says of a table: which run wrote which interval. Commits are read newest first,
 * and no further back than they are asked for.
 */
final class DeltaHistory {
  /**
   * How long a table keeps its log: what was written when is known for that long, as it must be to
   * tell what need not be written again.
   */
  static final String KEPT = "interval 3650 days";

  /** The application whose transactions' numbers are those of a stream's batches. */
  static final String STREAM = "millrace stream";

  private static final int FIRST_LOOK = 100;

  private final SparkSession session;
  private final String path;
  private final boolean exists;
  private List<Commit> commits = List.of();
  private boolean complete;

  private DeltaHistory(SparkSession session, String path) {
    this.session = session;
    this.path = path;
    this.exists = exists(session, path);
    this.complete = !exists;
  }

  /** The table's history as of now; empty where there is no table. */
  static DeltaHistory of(SparkSession session, String path) {
    return new DeltaHistory(session, path);
  }

  /**
   * A commit.
   *
   * @param account of a run of Millrace; null where another wrote
   */
  record Commit(long version, long rows, @Nullable Account account) {
    private boolean touches(Optional<Interval> interval) {
      return account == null || account.parts().stream().anyMatch(part -> part.touches(interval));
    }
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

  /** What a load of a table's rows is of, at a version of it. */
  static Stamp stamp(SparkSession session, Location.DeltaTable table, long end) {
    long version = table.version().orElseThrow();
    Snapshot snapshot =
        DeltaLog.forTable(session, table.path())
            .getSnapshotAt(version, Option.empty(), Option.empty());
    Option<Object> position = snapshot.transactions().get(STREAM);
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

  /** The newest commit that wrote in the interval, or anywhere where that is empty. */
  Optional<Commit> newest(Optional<Interval> interval) {
    return newest(interval, OptionalLong.empty());
  }

  /** The same of the commits up to a version. */
  Optional<Commit> newest(Optional<Interval> interval, OptionalLong upTo) {
    if (commits.isEmpty() && !complete) {
      read(FIRST_LOOK);
    }
    Optional<Commit> found = among(interval, upTo);
    if (found.isEmpty() && !complete) {
      read(Integer.MAX_VALUE);
      found = among(interval, upTo);
    }
    return found;
  }

  private Optional<Commit> among(Optional<Interval> interval, OptionalLong upTo) {
    return commits.stream()
        .filter(commit -> upTo.isEmpty() || commit.version() <= upTo.getAsLong())
        .filter(commit -> commit.touches(interval))
        .findFirst();
  }

  /** How what is there of an interval stands to what a run of that identity would write. */
  Standing standing(Optional<Interval> interval, PlanIdentity identity) {
    Optional<Commit> last = newest(interval);
    if (last.isEmpty()) {
      return Standing.MISSING;
    }
    Account account = last.get().account();
    return account == null ? Standing.DEFINITION_CHANGED : account.standing(interval, identity);
  }

  /** Whether the newest commit of a part's interval wrote just that part. */
  boolean has(Account.Part part) {
    return newest(part.interval())
        .map(Commit::account)
        .filter(account -> account.parts().contains(part))
        .isPresent();
  }

  /** What runs found of their rows, of the last hundred commits, newest first. */
  List<PastRun> runs() {
    if (commits.isEmpty() && !complete) {
      read(FIRST_LOOK);
    }
    return commits.stream()
        .limit(FIRST_LOOK)
        .flatMap(commit -> Optional.ofNullable(commit.account()).stream())
        .map(account -> new PastRun(account.covered(), account.expectations()))
        .toList();
  }

  /** Whether a stream goes into the table, as the last hundred commits tell. */
  boolean isStreamed() {
    if (commits.isEmpty() && !complete) {
      read(FIRST_LOOK);
    }
    return streamAmong(Long.MAX_VALUE).isPresent();
  }

  /** What a stream was like after its last batch up to one. */
  Optional<Account.Stream> stream(long position) {
    if (position <= 0 || !exists) {
      return Optional.empty();
    }
    if (commits.isEmpty() && !complete) {
      read(FIRST_LOOK);
    }
    Optional<Account.Stream> found = streamAmong(position);
    if (found.isEmpty() && !complete) {
      read(Integer.MAX_VALUE);
      found = streamAmong(position);
    }
    return found;
  }

  private Optional<Account.Stream> streamAmong(long position) {
    return commits.stream()
        .flatMap(commit -> Optional.ofNullable(commit.account()).stream())
        .flatMap(account -> Optional.ofNullable(account.stream()).stream())
        .filter(stream -> stream.position() <= position)
        .findFirst();
  }

  private void read(int most) {
    DeltaTable table = DeltaTable.forPath(session, path);
    List<Row> rows =
        (most == Integer.MAX_VALUE ? table.history() : table.history(most))
            .select("version", "userMetadata", "operationMetrics", "operation")
            .orderBy(col("version").desc())
            .collectAsList();
    List<Commit> found = new ArrayList<>();
    for (Row row : rows) {
      if (changesRows(row.getString(3))) {
        Map<String, String> metrics = row.isNullAt(2) ? Map.of() : row.getJavaMap(2);
        long written = metric(metrics, "numOutputRows") - metric(metrics, "numCopiedRows");
        found.add(
            new Commit(
                row.getLong(0), written, row.isNullAt(1) ? null : Account.parse(row.getString(1))));
      }
    }
    commits = found;
    complete = rows.size() < most;
  }

  /** Compaction, clean-up and properties leave the rows as they are. */
  private static boolean changesRows(String operation) {
    return !operation.equals("OPTIMIZE")
        && !operation.startsWith("VACUUM")
        && !operation.endsWith("TBLPROPERTIES");
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
