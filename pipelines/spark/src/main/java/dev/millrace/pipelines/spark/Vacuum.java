package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.commands.VacuumCommand$;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.ManualClock;
import scala.Option;

/**
 * Deletes the files of a Delta table that no version to keep holds. Delta's own command does it, of
 * an inventory without the files of those versions: left alone it goes by what the log remembers to
 * have removed, which it forgets after a week.
 */
final class Vacuum {
  private static final StructType INVENTORY =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("length", DataTypes.LongType)
          .add("isDir", DataTypes.BooleanType)
          .add("modificationTime", DataTypes.LongType);

  private final SparkSession session;
  private final String path;

  private Vacuum(SparkSession session, String path) {
    this.session = session;
    this.path = path;
  }

  static long run(SparkSession session, String path, Instant since, Set<Long> pinned) {
    return DeltaHistory.exists(session, path) ? new Vacuum(session, path).run(since, pinned) : 0;
  }

  private long run(Instant since, Set<Long> pinned) {
    Set<String> held = new HashSet<>();
    kept(since, pinned).forEach(version -> held.addAll(files(version)));
    List<Row> inventory = new ArrayList<>();
    for (LocatedFileStatus file : files()) {
      String name = file.getPath().toString();
      if (!held.contains(name)) {
        inventory.add(RowFactory.create(name, file.getLen(), false, file.getModificationTime()));
      }
    }
    long before = files().size();
    Dataset<Row> unused =
        VacuumCommand$.MODULE$.gc(
            session,
            DeltaLog.forTable(session, path),
            false,
            Option.apply(0.0),
            Option.apply(session.createDataFrame(inventory, INVENTORY)),
            Option.empty(),
            scala.collection.immutable.Map$.MODULE$.empty(),
            new ManualClock(since.toEpochMilli()));
    return before - files().size();
  }

  /**
   * The pinned versions, and the newest at a time; the first of all for one before. A version is
   * named by the commit that changed its rows, and may be read as it was after a compaction that
   * followed: both are kept.
   */
  private Set<Long> kept(Instant since, Set<Long> pinned) {
    List<Row> history =
        DeltaTable.forPath(session, path)
            .history()
            .orderBy("version")
            .select(
                col("version"), col("operation"), col("timestamp").leq(lit(Timestamp.from(since))))
            .collectAsList();
    Set<Long> kept = new HashSet<>(pinned);
    long newest = history.get(0).getLong(0);
    for (Row commit : history) {
      if (commit.getBoolean(2) && TableHistory.changesRows(commit.getString(1))) {
        newest = commit.getLong(0);
      }
    }
    kept.add(newest);
    boolean follows = false;
    for (Row commit : history) {
      long version = commit.getLong(0);
      follows =
          kept.contains(version) || (follows && !TableHistory.changesRows(commit.getString(1)));
      if (follows) {
        kept.add(version);
      }
    }
    return kept;
  }

  private List<String> files(long version) {
    try {
      return Arrays.stream(
              session.read().format("delta").option("versionAsOf", version).load(path).inputFiles())
          .map(file -> new Path(file).toString())
          .toList();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception none) {
      // Scala's exceptions that Java must check and cannot name here: there is no such version.
      throw new MillraceException(
          new Problem(
              "Cannot keep version " + version + " of the Delta table at " + path,
              Failures.rootMessage(none),
              "Check what names it"),
          none);
    }
  }

  private List<LocatedFileStatus> files() {
    List<LocatedFileStatus> found = new ArrayList<>();
    Path folder = new Path(path);
    try {
      FileSystem system = folder.getFileSystem(session.sessionState().newHadoopConf());
      RemoteIterator<LocatedFileStatus> each = system.listFiles(folder, true);
      while (each.hasNext()) {
        LocatedFileStatus file = each.next();
        if (!file.getPath().toString().contains("/_delta_log/")) {
          found.add(file);
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return found;
  }
}
