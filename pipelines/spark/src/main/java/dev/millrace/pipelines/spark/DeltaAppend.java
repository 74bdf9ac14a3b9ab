package dev.millrace.pipelines.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.StreamJudge;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.kernel.Table;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.CheckpointAlreadyExistsException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.util.FileNames;
import org.apache.spark.sql.streaming.OutputMode;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * Appends files to a Delta table, one numbered transaction for each batch of a stream. A writer of
 * DataFrames looks up the last number in the table's whole state, which takes half a second; who
 * has made the newest commit itself knows it.
 */
final class DeltaAppend {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TRIES = 10;
  private static final int COMMITS_A_CHECKPOINT = 100;
  private static final String SELDOM = "10000";

  private final SparkSession session;
  private final String path;
  private final DeltaLog log;
  private final Executor checkpoints;
  private long seen = -1;
  private long position = -1;
  private int sinceCheckpoint;

  /** Whether there is a checkpoint that Spark does not know of yet. */
  private final AtomicBoolean hasCheckpoint = new AtomicBoolean();

  private DeltaAppend(SparkSession session, String path, Executor checkpoints) {
    this.session = session;
    this.path = path;
    this.log = DeltaLog.forTable(session, path);
    this.checkpoints = checkpoints;
  }

  /**
   * Appends to a table, which is made where there is none.
   *
   * @param partitionBy columns of few values
   * @param checkpoints what makes checkpoints of its log, beside the stream
   * @throws MillraceException where the table has other columns
   */
  static DeltaAppend to(
      SparkSession session,
      String path,
      Schema schema,
      List<String> partitionBy,
      Executor checkpoints) {
    StructType type = CatalystTypes.toCatalyst(schema);
    if (!DeltaHistory.exists(session, path)) {
      DeltaTable.createIfNotExists(session)
          .location(path)
          .addColumns(type)
          .partitionedBy(partitionBy.toArray(String[]::new))
          .property("delta.logRetentionDuration", TableHistory.KEPT)
          .execute();
    }
    StructType there = session.read().format("delta").load(path).schema();
    List<String> missing = new ArrayList<>();
    for (var field : type.fields()) {
      boolean same =
          java.util.Arrays.stream(there.fields())
              .anyMatch(
                  each ->
                      each.name().equals(field.name())
                          && each.dataType().sameType(field.dataType()));
      if (!same) {
        missing.add(field.name() + " " + field.dataType().sql());
      }
    }
    if (!missing.isEmpty()) {
      addColumns(session, path, there, type, missing);
    }
    // Checkpoints are made beside the stream, which does not wait for them.
    session.sql(
        "alter table delta.`"
            + path
            + "` set tblproperties ('delta.checkpointInterval' = '"
            + SELDOM
            + "')");
    return new DeltaAppend(session, path, checkpoints);
  }

  /** A quarantine of a source that was not followed before lacks the message. */
  private static void addColumns(
      SparkSession session, String path, StructType there, StructType type, List<String> missing) {
    List<String> names = List.of(there.fieldNames());
    for (var field : type.fields()) {
      if (names.contains(field.name())
          && missing.contains(field.name() + " " + field.dataType().sql())) {
        throw MillraceException.because(
            "Cannot append to " + path,
            "its column '"
                + field.name()
                + "' is a "
                + there.apply(field.name()).dataType().sql()
                + ", and the definition has it as "
                + field.dataType().sql(),
            "Ingest the source again by its new definition, and then follow it");
      }
    }
    StructType added = new StructType();
    for (var field : type.fields()) {
      if (!names.contains(field.name())) {
        added = added.add(field);
      }
    }
    session
        .createDataFrame(List.of(), added)
        .write()
        .format("delta")
        .mode("append")
        .option("mergeSchema", "true")
        .save(path);
  }

  /** The last batch that is in the table; 0 where none is. */
  long position() {
    if (position < 0) {
      position = DeltaHistory.transactions(session, path, TableHistory.STREAM);
    }
    return position;
  }

  /** What names the table for as long as it is not made anew. */
  String id() {
    return log.update(false, Option.empty(), Option.empty()).metadata().id();
  }

  /** Whether a batch is in the table, or a later one, as of now. */
  boolean has(long batch) {
    if (seen < 0 || isThere(seen + 1)) {
      Snapshot now = log.update(false, Option.empty(), Option.empty());
      Option<Object> last = now.transactions().get(TableHistory.STREAM);
      position = last.isEmpty() ? 0 : (Long) last.get();
      seen = now.version();
    }
    return position >= batch;
  }

  /**
   * Adds what a log says that its batch sets aside, where it is not there yet. Files that are gone
   * are of a table that was made anew since, or were cleaned away.
   *
   * @param logged what the log's commit of the batch says
   */
  void appendAside(Account.Stream logged) {
    if (logged.aside() != null && !has(logged.position())) {
      List<AddFile> files =
          logged.aside().stream()
              .map(DeltaAppend::parsed)
              .filter(file -> exists(new Path(log.dataPath(), new Path(URI.create(file.path())))))
              .toList();
      String told = StreamJudge.bare(logged).toJson();
      boolean unused = append(files, OptionalLong.empty(), logged.position(), told);
    }
  }

  /** The action that adds a file, without its name, as Delta's other library writes it too. */
  static String text(AddFile file) {
    try {
      return JSON.readTree(file.json()).get("add").toString();
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static AddFile parsed(String text) {
    return (AddFile) Action.fromJson("{\"add\":" + text + "}");
  }

  /**
   * Appends a batch's files in one commit, or nothing where the batch is there.
   *
   * @param after the batch that must be the last one; empty where any may be
   * @return whether it was appended now
   * @throws MillraceException where the last batch is another
   */
  boolean append(List<AddFile> files, OptionalLong after, long batch, String account) {
    for (int attempt = 0; ; attempt++) {
      try {
        return attempt(files, after, batch, account);
      } catch (DeltaConcurrentModificationException conflict) {
        seen = -1;
        if (attempt == TRIES) {
          throw conflict;
        }
      }
    }
  }

  /**
   * The table as this left it; none where it has to be looked for. Looking lists all commits that
   * there ever were, so that a stream would slow down as it goes on. A commit of someone else is
   * met by this one's; that the table was made anew meanwhile is not, so the last commit must be
   * there still.
   */
  private Option<Snapshot> known() {
    Snapshot last = log.unsafeVolatileSnapshot();
    return hasCheckpoint.getAndSet(false) || last.version() != seen || !isThere(seen)
        ? Option.empty()
        : Option.apply(last);
  }

  private boolean isThere(long version) {
    return exists(FileNames.unsafeDeltaFile(log.logPath(), version));
  }

  private boolean exists(Path file) {
    try {
      return file.getFileSystem(session.sessionState().newHadoopConf()).exists(file);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private boolean attempt(List<AddFile> files, OptionalLong after, long batch, String account) {
    OptimisticTransaction transaction = log.startTransaction(Option.empty(), known());
    if (transaction.readVersion() != seen) {
      position = Math.max(0, transaction.txnVersion(TableHistory.STREAM));
    }
    if (position() >= batch) {
      seen = transaction.readVersion();
      return false;
    }
    if (after.isPresent() && after.getAsLong() != position()) {
      throw Account.Stream.unlike(path, batch, after.getAsLong(), position());
    }
    // Whoever commits meanwhile is looked at before this does.
    transaction.readWholeTable();
    // So is another run of the stream, which may have set all of a batch aside.
    transaction.readTxn().$plus$eq(TableHistory.STREAM);
    List<Action> actions = new ArrayList<>();
    actions.add(
        new SetTransaction(
            TableHistory.STREAM, batch, Option.apply((Object) System.currentTimeMillis())));
    actions.addAll(files);
    seen =
        transaction.commit(
            JavaConverters.asScalaBuffer(actions).toSeq(),
            new DeltaOperations.StreamingUpdate(
                OutputMode.Append(), "millrace", batch, Option.apply(account)));
    position = batch;
    if (++sinceCheckpoint >= COMMITS_A_CHECKPOINT) {
      sinceCheckpoint = 0;
      checkpoints.execute(this::checkpoint);
    }
    return true;
  }

  /**
   * With Delta's library, since its writer for Spark takes seconds of both cores for one; with that
   * where the library refuses the table, as it does most of the features that a table may have.
   */
  private void checkpoint() {
    Engine engine = DefaultEngine.create(session.sessionState().newHadoopConf());
    try {
      Table table = Table.forPath(engine, path);
      table.checkpoint(engine, table.getLatestSnapshot(engine).getVersion(engine));
    } catch (CheckpointAlreadyExistsException done) {
      return;
    } catch (KernelException | UnsupportedOperationException refused) {
      log.checkpoint(log.update(false, Option.empty(), Option.empty()), Option.empty());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    hasCheckpoint.set(true);
  }

  /** The files' partition values, as Delta keeps them. */
  static scala.collection.immutable.Map<String, String> values(Map<String, String> partition) {
    scala.collection.immutable.Map<String, String> values =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    for (Map.Entry<String, String> each : partition.entrySet()) {
      values = values.updated(each.getKey(), each.getValue());
    }
    return values;
  }
}
