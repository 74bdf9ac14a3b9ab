package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.IcebergTables;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.types.StructType;

/**
 * An Iceberg table that runs replace whole.
 *
 * @param schema of the rows
 */
record IcebergTarget(Sink.Iceberg sink, IcebergName of, Schema schema) implements Serializable {
  private static final long NONE = -1;

  static IcebergTarget of(Sink.Iceberg sink, Schema schema, PipelineOptions options) {
    return new IcebergTarget(sink, IcebergName.of(sink.table(), options), schema);
  }

  /**
   * A run that has begun.
   *
   * @param table as its files are to be
   * @param snapshot that it replaces; negative where there is none
   */
  record Begun(Table table, long snapshot) {}

  Optional<Kept> kept() {
    return of.inCatalog(catalog -> of.find(catalog).flatMap(IcebergTables::kept));
  }

  private static long current(Optional<Table> table) {
    return table
        .flatMap(each -> Optional.ofNullable(each.currentSnapshot()))
        .map(Snapshot::snapshotId)
        .orElse(NONE);
  }

  /** Says how files are to be written, and of what. */
  Begun begin() {
    return of.inCatalog(
        catalog -> {
          Optional<Table> there = of.find(catalog);
          Table table =
              there.filter(this::takes).orElseGet(() -> anew(catalog, there.isPresent()).table());
          return new Begun(SerializableTable.copyOf(table), current(there));
        });
  }

  private StructType rows() {
    return CatalystTypes.toCatalyst(schema).asNullable();
  }

  private boolean takes(Table table) {
    return SparkSchemaUtil.convert(table.schema()).equals(rows());
  }

  /** Of a table that is not there, or has other columns: equal beginnings give equal columns. */
  private Transaction anew(Catalog catalog, boolean isThere) {
    org.apache.iceberg.Schema columns = SparkSchemaUtil.convert(rows());
    PartitionSpec.Builder partitions = PartitionSpec.builderFor(columns);
    sink.partitionBy().forEach(partitions::identity);
    return isThere
        ? catalog.newReplaceTableTransaction(of.identifier(), columns, partitions.build(), false)
        : catalog.newCreateTableTransaction(of.identifier(), columns, partitions.build());
  }

  /**
   * Commits files in place of what was there when the run began. Where this run has done so
   * already, nothing is changed.
   *
   * @throws MillraceException where another run wrote meanwhile
   */
  Kept commit(long began, List<DataFile> files, Account account) {
    return of.inCatalog(
        catalog -> {
          Optional<Table> there = of.find(catalog);
          Optional<Kept> done =
              there.flatMap(IcebergTables::kept).filter(kept -> kept.isOf(account));
          if (done.isPresent()) {
            return done.get();
          }
          try {
            if (current(there) != began) {
              throw new CommitFailedException("it has snapshot %s", current(there));
            }
            if (there.filter(this::takes).isPresent()) {
              overwrite(there.get(), began, files, account);
            } else {
              make(anew(catalog, there.isPresent()), files, account);
            }
          } catch (ValidationException | CommitFailedException | AlreadyExistsException conflict) {
            throw IcebergTables.conflict(sink, conflict);
          }
          return of.find(catalog).flatMap(IcebergTables::kept).orElseThrow();
        });
  }

  private static void overwrite(Table table, long began, List<DataFile> files, Account account) {
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .overwriteByRowFilter(Expressions.alwaysTrue())
            .set(IcebergTables.ACCOUNT, account.toJson());
    if (began != NONE) {
      overwrite =
          overwrite
              .validateFromSnapshot(began)
              .conflictDetectionFilter(Expressions.alwaysTrue())
              .validateNoConflictingData()
              .validateNoConflictingDeletes();
    }
    for (DataFile file : files) {
      overwrite = overwrite.addFile(file);
    }
    overwrite.commit();
  }

  private static void make(Transaction transaction, List<DataFile> files, Account account) {
    AppendFiles append = transaction.newFastAppend().set(IcebergTables.ACCOUNT, account.toJson());
    for (DataFile file : files) {
      append = append.appendFile(file);
    }
    append.commit();
    transaction.commitTransaction();
  }
}
