package dev.millrace.pipelines.beam;

import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.spark.data.SparkParquetWriters;
import org.apache.iceberg.util.SerializationUtil;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows into files of an Iceberg table in the workers, by partition, a bundle at a time, with
 * the writers of Iceberg's for rows of Catalyst; gives out what adds them.
 */
final class IcebergFiles extends DoFn<UnsafeRow, byte[]> {
  private static final long serialVersionUID = 1L;

  private final Table table;
  private final Schema schema;
  private transient @Nullable Map<PartitionKey, DataWriter<InternalRow>> open;
  private transient @Nullable PartitionKey partition;
  private transient @Nullable IcebergRow values;

  IcebergFiles(Table table, Schema schema) {
    this.table = table;
    this.schema = schema;
  }

  @StartBundle
  public void start() {
    open = new LinkedHashMap<>();
    partition = new PartitionKey(table.spec(), table.schema());
    values = new IcebergRow(table.schema().asStruct());
  }

  @ProcessElement
  public void process(@Element UnsafeRow row) throws IOException {
    PartitionKey of = Objects.requireNonNull(partition);
    of.partition(Objects.requireNonNull(values).of(row));
    Map<PartitionKey, DataWriter<InternalRow>> writers = Objects.requireNonNull(open);
    DataWriter<InternalRow> writer = writers.get(of);
    if (writer == null) {
      PartitionKey key = of.copy();
      writer = writer(key);
      writers.put(key, writer);
    }
    writer.write(row);
  }

  private DataWriter<InternalRow> writer(PartitionKey key) throws IOException {
    String name = FileFormat.PARQUET.addExtension(UUID.randomUUID().toString());
    String path =
        key.size() == 0
            ? table.locationProvider().newDataLocation(name)
            : table.locationProvider().newDataLocation(table.spec(), key, name);
    StructType type = CatalystTypes.toCatalyst(schema);
    return Parquet.writeData(table.io().newOutputFile(path))
        .forTable(table)
        .withSpec(table.spec())
        .withPartition(key)
        .createWriterFunc(columns -> SparkParquetWriters.buildWriter(type, columns))
        .build();
  }

  @FinishBundle
  public void finish(FinishBundleContext context) throws IOException {
    for (DataWriter<InternalRow> writer : Objects.requireNonNull(open).values()) {
      writer.close();
      context.output(
          SerializationUtil.serializeToBytes(writer.toDataFile()),
          BoundedWindow.TIMESTAMP_MIN_VALUE,
          GlobalWindow.INSTANCE);
    }
  }
}
