package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.TransactionBuilder;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.json.JsonUtils;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.CheckpointAlreadyExistsException;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.RemoveFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.data.GenericRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the files of a run into a Delta table in one commit, in place of what was there: of the
 * whole table, or of the days of an interval. A commit has the run's account, so that one that is
 * repeated, or tried again by its runner, finds itself done; and it is made only where no other run
 * wrote there since this one looked.
 */
final class DeltaCommit implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Who wrote, as the commits say. */
  static final String WRITER = "Millrace";

  private final String path;
  private final Schema schema;
  private final ArrayList<String> partitionBy;
  private final @Nullable ArrayList<LocalDate> days;
  private final @Nullable String dayColumn;
  private final boolean aside;
  private final String account;
  private final TableHistory.ReadVersion base;

  /**
   * A commit.
   *
   * @param aside whether the rows were set aside: those without a time are of any interval
   * @param account what the run writes, of what
   * @param base what the run builds on
   * @throws MillraceException where the interval is not of whole partitions
   */
  DeltaCommit(
      Sink.Delta sink,
      Schema schema,
      boolean aside,
      Account account,
      TableHistory.ReadVersion base) {
    this.path = sink.path();
    this.schema = schema;
    this.partitionBy = new ArrayList<>(sink.partitionBy());
    this.aside = aside;
    this.account = account.toJson();
    this.base = base;
    Optional<Interval> interval = sink.interval();
    this.dayColumn = interval.map(Interval::column).orElse(null);
    if (interval.isPresent() && !partitionBy.contains(interval.get().column())) {
      throw MillraceException.because(
          "Cannot replace " + interval.get() + " of " + path,
          "the Beam engine replaces whole partitions, and the table is not partitioned by that column",
          "Partition it by a column of days, or run the plan with Spark");
    }
    if (dayColumn != null && !schema.column(dayColumn).type().equals(PrimitiveType.DATE)) {
      throw MillraceException.because(
          "Cannot replace " + interval.get() + " of " + path,
          "the Beam engine replaces whole days, and that column is of times within them",
          "Partition it by a column of days, or run the plan with Spark");
    }
    this.days =
        interval.map(i -> new ArrayList<>(List.of(day(i.start()), day(i.end())))).orElse(null);
  }

  private Sink.Delta sink() {
    Optional<Interval> interval =
        days == null || dayColumn == null
            ? Optional.empty()
            : Optional.of(Interval.days(dayColumn, days.get(0), days.get(1)));
    return new Sink.Delta(path, partitionBy, interval);
  }

  private static LocalDate day(Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalDate();
  }

  /** The table with its scheme, as workers write files there. */
  static String root(String path) {
    Engine engine = DeltaSnapshot.library();
    return Table.forPath(engine, path).getPath(engine);
  }

  /**
   * What a commit came to.
   *
   * @param rows that it wrote
   */
  record Done(long version, long rows) implements Serializable {
    String text() {
      return version + " " + rows;
    }

    static Done parse(String text) {
      String[] parts = text.split(" ", -1);
      return new Done(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }
  }

  /**
   * The newest commit of what is replaced, where it is an equal run's.
   *
   * @throws MillraceException where the table has other columns or partitions
   */
  Optional<Done> found() {
    Optional<DeltaSnapshot> table = DeltaSnapshot.newest(DeltaSnapshot.library(), path);
    table.ifPresent(this::requireSame);
    return table.flatMap(there -> found(there, DeltaLogFiles.history(path)));
  }

  private Optional<Done> found(DeltaSnapshot table, TableHistory history) {
    return parts().stream().allMatch(history::has)
        ? history.run(sink().interval()).map(commit -> new Done(commit.version(), rows(table)))
        : Optional.empty();
  }

  private List<Account.Part> parts() {
    return Objects.requireNonNull(Account.parse(account)).parts();
  }

  /**
   * Holds of what is replaced.
   *
   * @throws MillraceException where what a stream brought would be gone
   */
  void requireNoStream() {
    requireNoStream(DeltaLogFiles.history(path));
  }

  private void requireNoStream(TableHistory history) {
    history.requireNoStream(sink());
    if (aside && history.isStreamed()) {
      throw MillraceException.because(
          "Cannot set rows aside in " + path,
          "a stream sets rows aside there too, and what it brought would be gone",
          "Run the plan with Spark, or use another quarantine");
    }
  }

  private long rows(DeltaSnapshot table) {
    long rows = 0;
    for (Row file : table.files()) {
      if (isReplaced(InternalScanFileUtils.getPartitionValues(file))) {
        rows += DeltaRows.Added.records(file.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL));
      }
    }
    return rows;
  }

  /**
   * Commits.
   *
   * @param adds as {@link DeltaFiles} gives them out
   */
  Done commit(Iterable<String> adds) {
    Engine engine = DeltaSnapshot.library();
    Optional<DeltaSnapshot> before = DeltaSnapshot.newest(engine, path);
    // After the table, so that no commit is in neither: a later one takes the version.
    TableHistory history = DeltaLogFiles.history(path);
    Optional<Done> there = before.flatMap(table -> found(table, history));
    if (there.isPresent()) {
      return there.get();
    }
    before.ifPresent(this::requireSame);
    requireNoStream(history);
    if (aside) {
      history.requireNoneAsideSince(base, sink(), parts());
    } else {
      history.requireNoneSince(base, sink());
    }
    long version = before.map(table -> table.version() + 1).orElse(0L);
    List<Row> actions = new ArrayList<>();
    before.ifPresent(table -> actions.addAll(removals(table)));
    long rows = 0;
    for (String add : adds) {
      Row row = JsonUtils.rowFromJson(add, AddFile.FULL_SCHEMA);
      rows += DeltaRows.Added.records(row);
      actions.add(SingleAction.createAddFileSingleAction(row));
    }
    Engine bound = OneCommit.replacing(engine, version, account);
    Table table = Table.forPath(bound, path);
    TransactionBuilder builder =
        table.createTransactionBuilder(
            bound, WRITER, before.isPresent() ? Operation.WRITE : Operation.CREATE_TABLE);
    if (before.isEmpty()) {
      builder =
          builder
              .withSchema(bound, KernelTypes.of(schema))
              .withPartitionColumns(bound, partitionBy);
    }
    try {
      TransactionCommitResult result =
          builder
              .build(bound)
              .commit(
                  bound,
                  CloseableIterable.inMemoryIterable(
                      Utils.toCloseableIterator(actions.iterator())));
      checkpoint(engine, table, result);
      return new Done(result.getVersion(), rows);
    } catch (OneCommit.Taken | ConcurrentWriteException taken) {
      throw TableHistory.meanwhile(sink(), taken);
    }
  }

  private void requireSame(DeltaSnapshot table) {
    requireSameColumns(path, table, schema);
    requireSamePartitions(path, table, partitionBy);
  }

  /** Files that are added in other partitions have no value in the columns that the table's are. */
  static void requireSamePartitions(String path, DeltaSnapshot table, List<String> partitionBy) {
    List<String> there = table.snapshot().getPartitionColumnNames(table.engine());
    if (!Set.copyOf(there).equals(Set.copyOf(partitionBy))) {
      throw MillraceException.because(
          "Cannot write " + path,
          "it is partitioned by "
              + there
              + ", the rows by "
              + partitionBy
              + ", and Delta's library without Spark changes no partitions",
          "Write to another path, or run the plan with Spark");
    }
  }

  /** Delta's library without Spark adds no columns. */
  static void requireSameColumns(String path, DeltaSnapshot table, Schema schema) {
    Schema there = table.schema();
    if (!KernelTypes.of(there).equivalent(KernelTypes.of(schema))) {
      throw MillraceException.because(
          "Cannot write " + path,
          "its columns are "
              + there
              + ", those of the rows "
              + schema
              + ", and Delta's library"
              + " without Spark changes no columns",
          "Write to another path, or run the plan with Spark");
    }
  }

  private List<Row> removals(DeltaSnapshot table) {
    List<Row> removals = new ArrayList<>();
    long now = System.currentTimeMillis();
    for (Row file : table.files()) {
      Row add = file.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL);
      Map<String, String> partition = InternalScanFileUtils.getPartitionValues(file);
      if (isReplaced(partition)) {
        removals.add(SingleAction.createRemoveFileSingleAction(removal(add, partition, now)));
      }
    }
    return removals;
  }

  private boolean isReplaced(Map<String, String> partition) {
    if (days == null || dayColumn == null) {
      return true;
    }
    String value = partition.get(dayColumn);
    if (value == null) {
      return aside;
    }
    LocalDate day = LocalDate.parse(value);
    return !day.isBefore(days.get(0)) && day.isBefore(days.get(1));
  }

  private static Row removal(Row add, Map<String, String> partition, long now) {
    StructType schema = RemoveFile.FULL_SCHEMA;
    StructType of = add.getSchema();
    Map<Integer, Object> values = new HashMap<>();
    values.put(schema.indexOf("path"), add.getString(of.indexOf("path")));
    values.put(schema.indexOf("deletionTimestamp"), now);
    values.put(schema.indexOf("dataChange"), true);
    values.put(schema.indexOf("extendedFileMetadata"), true);
    values.put(schema.indexOf("partitionValues"), VectorUtils.stringStringMapValue(partition));
    values.put(schema.indexOf("size"), add.getLong(of.indexOf("size")));
    int vector = of.indexOf("deletionVector");
    if (vector >= 0 && !add.isNullAt(vector)) {
      values.put(schema.indexOf("deletionVector"), add.getStruct(vector));
    }
    return new GenericRow(schema, values);
  }

  static void checkpoint(Engine engine, Table table, TransactionCommitResult result) {
    if (!result.isReadyForCheckpoint()) {
      return;
    }
    try {
      table.checkpoint(engine, result.getVersion());
    } catch (CheckpointAlreadyExistsException done) {
      return;
    } catch (IOException broken) {
      throw new java.io.UncheckedIOException(broken);
    }
  }
}
