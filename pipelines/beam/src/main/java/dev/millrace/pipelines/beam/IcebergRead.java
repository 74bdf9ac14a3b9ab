package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.DeleteFilter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.spark.SparkUtil;
import org.apache.iceberg.spark.data.SparkParquetReaders;
import org.apache.iceberg.util.PartitionUtil;
import org.apache.iceberg.util.SerializationUtil;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of an Iceberg table's files wherever a worker is free, with Iceberg's own readers for
 * rows of Catalyst, which leave out what was deleted.
 */
final class IcebergRead extends DoFn<byte[], UnsafeRow> {
  private static final long serialVersionUID = 1L;

  private final Table table;
  private final String all;
  private final String wanted;
  private final Schema held;
  private final LinkedHashMap<String, String> selection;
  private transient @Nullable RowProjection select;

  /**
   * Of a table.
   *
   * @param all the snapshot's columns
   * @param wanted those that are read
   * @param held the same as rows have them
   */
  IcebergRead(
      Table table,
      org.apache.iceberg.Schema all,
      org.apache.iceberg.Schema wanted,
      Schema held,
      Map<String, String> selection) {
    this.table = table;
    this.all = SchemaParser.toJson(all);
    this.wanted = SchemaParser.toJson(wanted);
    this.held = held;
    this.selection = new LinkedHashMap<>(selection);
  }

  @Setup
  public void setup() {
    select = Compiled.projection(selection, held);
  }

  @ProcessElement
  public void process(@Element byte[] part, OutputReceiver<UnsafeRow> out) throws IOException {
    FileScanTask task = SerializationUtil.deserializeFromBytes(part);
    Undeleted undeleted = new Undeleted(task);
    org.apache.iceberg.Schema required = undeleted.requiredSchema();
    Map<Integer, ?> constants = PartitionUtil.constantsMap(task, SparkUtil::internalToSpark);
    Parquet.ReadBuilder file =
        Parquet.read(table.io().newInputFile(task.file()))
            .split(task.start(), task.length())
            .project(required)
            .createReaderFunc(
                columns -> SparkParquetReaders.buildReader(required, columns, constants));
    String names = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    if (names != null) {
      file = file.withNameMapping(NameMappingParser.fromJson(names));
    }
    try (CloseableIterable<InternalRow> rows = undeleted.filter(file.build())) {
      for (InternalRow row : rows) {
        out.output(((UnsafeRow) Objects.requireNonNull(select).apply(row)).copy());
      }
    }
  }

  /** Leaves out the rows that later files of the table delete. */
  private final class Undeleted extends DeleteFilter<InternalRow> {
    private final IcebergRow row;

    Undeleted(FileScanTask task) {
      super(
          task.file().location(),
          task.deletes(),
          SchemaParser.fromJson(all),
          SchemaParser.fromJson(wanted));
      this.row = new IcebergRow(requiredSchema().asStruct());
    }

    @Override
    protected StructLike asStructLike(InternalRow of) {
      return row.of(of);
    }

    @Override
    protected InputFile getInputFile(String location) {
      return table.io().newInputFile(location);
    }
  }
}
