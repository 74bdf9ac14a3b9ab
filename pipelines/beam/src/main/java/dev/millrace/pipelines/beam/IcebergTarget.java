package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Schema;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * An Iceberg table that runs replace whole, through a catalog whose settings are a connection of
 * the options: {@code iceberg.<catalog>.type} and whatever else Iceberg's catalogs take.
 *
 * @param settings of the catalog
 * @param schema of the rows
 */
record IcebergTarget(Sink.Iceberg sink, Map<String, String> settings, Schema schema)
    implements Serializable {
  private static final String ACCOUNT = "millrace-account";
  private static final long NONE = -1;

  IcebergTarget {
    settings = new HashMap<>(settings);
  }

  static IcebergTarget of(Sink.Iceberg sink, Schema schema, PipelineOptions options) {
    int dot = sink.table().indexOf('.');
    if (dot <= 0 || dot == sink.table().length() - 1) {
      throw MillraceException.because(
          "Cannot find the Iceberg table " + sink.table(),
          "that is no name of a table",
          "Write catalog.namespace.table");
    }
    return new IcebergTarget(
        sink, Connections.of(options, "iceberg", sink.table().substring(0, dot), "type"), schema);
  }

  /**
   * A run that has begun.
   *
   * @param table as its files are to be
   * @param snapshot that it replaces; negative where there is none
   */
  record Begun(Table table, long snapshot) {}

  private <T> T inCatalog(Function<Catalog, T> work) {
    String name = sink.table().substring(0, sink.table().indexOf('.'));
    Catalog catalog = CatalogUtil.buildIcebergCatalog(name, settings, new Configuration());
    try (Closeable closing = catalog instanceof Closeable open ? open : () -> {}) {
      return work.apply(catalog);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private TableIdentifier name() {
    return TableIdentifier.parse(sink.table().substring(sink.table().indexOf('.') + 1));
  }

  private Optional<Table> find(Catalog catalog) {
    return catalog.tableExists(name()) ? Optional.of(catalog.loadTable(name())) : Optional.empty();
  }

  Optional<Kept> kept() {
    return inCatalog(catalog -> find(catalog).flatMap(IcebergTarget::kept));
  }

  private static Optional<Kept> kept(Table table) {
    Snapshot snapshot = newest(table);
    if (snapshot == null) {
      return Optional.empty();
    }
    long rows = Long.parseLong(snapshot.summary().getOrDefault("total-records", "0"));
    return Optional.ofNullable(Account.parse(snapshot.summary().getOrDefault(ACCOUNT, "")))
        .map(account -> new Kept(account, Long.toString(snapshot.snapshotId()), rows));
  }

  /** The newest snapshot that changed rows: files that are joined are no new version. */
  private static @Nullable Snapshot newest(Table table) {
    Snapshot newest = table.currentSnapshot();
    while (newest != null
        && DataOperations.REPLACE.equals(newest.operation())
        && newest.parentId() != null
        && table.snapshot(newest.parentId()) != null) {
      newest = table.snapshot(newest.parentId());
    }
    return newest;
  }

  private static long current(Optional<Table> table) {
    return table
        .flatMap(each -> Optional.ofNullable(each.currentSnapshot()))
        .map(Snapshot::snapshotId)
        .orElse(NONE);
  }

  /** Says how files are to be written, and of what. */
  Begun begin() {
    return inCatalog(
        catalog -> {
          Optional<Table> there = find(catalog);
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
        ? catalog.newReplaceTableTransaction(name(), columns, partitions.build(), false)
        : catalog.newCreateTableTransaction(name(), columns, partitions.build());
  }

  /**
   * Commits files in place of what was there when the run began. Where this run has done so
   * already, nothing is changed.
   *
   * @throws MillraceException where another run wrote meanwhile
   */
  Kept commit(long began, List<DataFile> files, Account account) {
    return inCatalog(
        catalog -> {
          Optional<Table> there = find(catalog);
          Optional<Kept> done =
              there.flatMap(IcebergTarget::kept).filter(kept -> kept.isOf(account));
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
            throw new MillraceException(
                new Problem(
                    "Cannot write " + sink,
                    "another run wrote the table meanwhile ("
                        + conflict.getClass().getSimpleName()
                        + ")",
                    "Nothing of this run was written. Run it again: it builds on what the other"
                        + " left"),
                conflict);
          }
          return find(catalog).flatMap(IcebergTarget::kept).orElseThrow();
        });
  }

  private static void overwrite(Table table, long began, List<DataFile> files, Account account) {
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .overwriteByRowFilter(Expressions.alwaysTrue())
            .set(ACCOUNT, account.toJson());
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
    AppendFiles append = transaction.newFastAppend().set(ACCOUNT, account.toJson());
    for (DataFile file : files) {
      append = append.appendFile(file);
    }
    append.commit();
    transaction.commitTransaction();
  }
}
