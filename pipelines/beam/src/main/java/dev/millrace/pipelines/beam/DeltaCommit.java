package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
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
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the files of a run into a Delta table in one commit, in place of what was there: of the
 * whole table, or of the days of an interval. A commit has the version that it makes as the number
 * of its transaction, so that a run that is repeated, or tried again by its runner, finds itself
 * done where nothing was written since.
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
  private final boolean timeless;
  private final String identity;

  /**
   * A commit.
   *
   * @param timeless whether rows without a time are replaced with those of any interval
   * @param identity of the plan, its target and what it reads
   * @throws MillraceException where the interval is not of whole partitions
   */
  DeltaCommit(Sink.Delta sink, Schema schema, boolean timeless, String identity) {
    this.path = sink.path();
    this.schema = schema;
    this.partitionBy = new ArrayList<>(sink.partitionBy());
    this.timeless = timeless;
    this.identity = identity;
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
   * The commit of an equal run, where that was the last one.
   *
   * @throws MillraceException where the table has other columns or partitions
   */
  Optional<Done> found() {
    Optional<DeltaSnapshot> table = DeltaSnapshot.newest(DeltaSnapshot.library(), path);
    table.ifPresent(this::requireSame);
    return table.flatMap(this::found);
  }

  /** Whether there is a table. */
  boolean exists() {
    return DeltaSnapshot.newest(DeltaSnapshot.library(), path).isPresent();
  }

  private Optional<Done> found(DeltaSnapshot table) {
    return table
        .snapshot()
        .getLatestTransactionVersion(table.engine(), application())
        .filter(version -> version == table.version())
        .map(version -> new Done(version, rows(table)));
  }

  /** What Delta knows an equal run by. */
  private String application() {
    return "millrace " + identity;
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
    Optional<Done> there = before.flatMap(this::found);
    if (there.isPresent()) {
      return there.get();
    }
    before.ifPresent(this::requireSame);
    long version = before.map(table -> table.version() + 1).orElse(0L);
    List<Row> actions = new ArrayList<>();
    before.ifPresent(table -> actions.addAll(removals(table)));
    long rows = 0;
    for (String add : adds) {
      Row row = JsonUtils.rowFromJson(add, AddFile.FULL_SCHEMA);
      rows += DeltaRows.Added.records(row);
      actions.add(SingleAction.createAddFileSingleAction(row));
    }
    Engine bound = OneCommit.replacing(engine, version);
    Table table = Table.forPath(bound, path);
    TransactionBuilder builder =
        table
            .createTransactionBuilder(
                bound, WRITER, before.isPresent() ? Operation.WRITE : Operation.CREATE_TABLE)
            .withTransactionId(bound, application(), version);
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
      throw new MillraceException(
          new Problem(
              "Cannot write " + path,
              "another run wrote the table meanwhile",
              "Nothing of this run was written. Run it again: it builds on what the other left"),
          taken);
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
      return timeless;
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
