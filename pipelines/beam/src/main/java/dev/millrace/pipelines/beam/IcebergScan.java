package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.IcebergTables;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SerializationUtil;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.iceberg.util.TableScanUtil;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of an Iceberg table: a run reads one, that of when it began.
 *
 * @param snapshot null of a table that never had a row
 */
record IcebergScan(Location.IcebergTable location, Table table, @Nullable Snapshot snapshot)
    implements SourceFiles {
  private static final long PART_BYTES = 128L << 20;

  static IcebergScan of(Location.IcebergTable location, PipelineOptions options) {
    IcebergName name = IcebergName.of(location.table(), options);
    return name.inCatalog(
        catalog -> {
          Table table =
              name.find(catalog)
                  .orElseThrow(
                      () ->
                          MillraceException.because(
                              "Cannot read the Iceberg table " + location.table(),
                              "there is none of that name",
                              "Check the name, which begins with a catalog of the options"));
          return new IcebergScan(
              location, SerializableTable.copyOf(table), IcebergTables.snapshot(table, location));
        });
  }

  @Override
  public String version() {
    return IcebergTables.version(snapshot);
  }

  private org.apache.iceberg.Schema all() {
    return snapshot == null ? table.schema() : SnapshotUtil.schemaFor(table, snapshot.snapshotId());
  }

  @Override
  public Set<String> columns() {
    Set<String> columns = new TreeSet<>();
    all().columns().forEach(column -> columns.add(column.name()));
    return columns;
  }

  /**
   * The scan's columns of all rows that are not deleted.
   *
   * @throws MillraceException where the table lacks one, or a file is not of Parquet
   */
  @Override
  public PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan) {
    Schema known = schema(all());
    for (String column : scan.schema().names()) {
      Types.NestedField there = all().findField(column);
      if (there != null && !known.has(column)) {
        throw MillraceException.because(
            "Cannot read column '" + column + "' of " + location,
            "it is of type " + there.type() + ", which rows do not have",
            "Leave it out, or keep it in another type");
      }
    }
    Map<String, String> selection = Selection.of(known, scan.schema(), location.toString());
    org.apache.iceberg.Schema wanted = all().select(scan.schema().names());
    return pipeline
        .apply("Files", Create.of(parts(wanted)).withCoder(ByteArrayCoder.of()))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Read", ParDo.of(new IcebergRead(table, all(), wanted, schema(wanted), selection)))
        .setCoder(RowCoder.of());
  }

  /** The columns of types that rows have; times without a zone are those of UTC. */
  private static Schema schema(org.apache.iceberg.Schema of) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : SparkSchemaUtil.convert(of).fields()) {
      AvroFiles.type(field.dataType())
          .ifPresent(type -> columns.add(new Column(field.name(), type)));
    }
    return new Schema(columns);
  }

  /** Parts of files, each with what deletes rows of it. */
  private List<byte[]> parts(org.apache.iceberg.Schema wanted) {
    List<byte[]> parts = new ArrayList<>();
    if (snapshot == null) {
      return parts;
    }
    try (CloseableIterable<FileScanTask> files =
        TableScanUtil.splitFiles(
            table.newScan().useSnapshot(snapshot.snapshotId()).project(wanted).planFiles(),
            PART_BYTES)) {
      for (FileScanTask part : files) {
        if (part.file().format() != FileFormat.PARQUET) {
          throw MillraceException.because(
              "Cannot read " + location,
              part.file().location() + " is of " + part.file().format(),
              "Rewrite its files as Parquet, or read it with Spark");
        }
        parts.add(SerializationUtil.serializeToBytes(part));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return parts;
  }
}
