package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import io.delta.kernel.Scan;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A version of a Delta table, through Delta's own library, which needs no Spark.
 *
 * @param root of the table, with its scheme
 */
record DeltaSnapshot(Engine engine, String root, SnapshotImpl snapshot) {
  /** Delta's library over the file systems that Hadoop knows. */
  static Engine library() {
    return DefaultEngine.create(LocalFiles.conf());
  }

  /** The newest version; empty where there is no table. */
  static Optional<DeltaSnapshot> newest(Engine engine, String path) {
    Table table = Table.forPath(engine, path);
    try {
      return Optional.of(
          new DeltaSnapshot(
              engine, table.getPath(engine), (SnapshotImpl) table.getLatestSnapshot(engine)));
    } catch (TableNotFoundException none) {
      return Optional.empty();
    }
  }

  /**
   * The version that a plan names.
   *
   * @throws MillraceException where there is no such table or version
   */
  static DeltaSnapshot of(Engine engine, Location.DeltaTable table) {
    DeltaSnapshot newest =
        newest(engine, table.path())
            .orElseThrow(
                () ->
                    MillraceException.because(
                        "Cannot read " + table,
                        "there is no Delta table",
                        "Run what writes it first, or give another path"));
    if (table.version().isEmpty()) {
      return newest;
    }
    try {
      return new DeltaSnapshot(
          engine,
          newest.root,
          (SnapshotImpl)
              Table.forPath(engine, table.path())
                  .getSnapshotAsOfVersion(engine, table.version().getAsLong()));
    } catch (KernelException gone) {
      throw MillraceException.because(
          "Cannot read " + table, String.valueOf(gone.getMessage()), "Name a version that it has");
    }
  }

  long version() {
    return snapshot.getVersion(engine);
  }

  Schema schema() {
    return KernelTypes.schema(snapshot.getSchema(engine));
  }

  /** A scan of some columns, of all files. */
  Scan scan(List<String> columns) {
    StructType all = snapshot.getSchema(engine);
    List<StructField> fields = new ArrayList<>();
    for (String column : columns) {
      fields.add(all.get(column));
    }
    return snapshot.getScanBuilder(engine).withReadSchema(engine, new StructType(fields)).build();
  }

  /** The files of a scan, a row each. */
  List<Row> files(Scan scan) {
    return rows(scan.getScanFiles(engine));
  }

  /** All files, with their statistics. */
  List<Row> files() {
    Scan scan = snapshot.getScanBuilder(engine).build();
    return rows(((ScanImpl) scan).getScanFiles(engine, true));
  }

  private static List<Row> rows(CloseableIterator<FilteredColumnarBatch> batches) {
    List<Row> rows = new ArrayList<>();
    try (batches) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> each = batches.next().getRows()) {
          each.forEachRemaining(rows::add);
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return rows;
  }
}
