package dev.millrace.pipelines.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DataFileSet;
import org.apache.iceberg.util.DeleteFileSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an Iceberg table, written and deleted by Iceberg's own writers of records, in each
 * way that an engine may. Rows have the table's columns of then, and those of one call lie in one
 * file.
 */
record IcebergRows(Table table) {
  Snapshot append(Row... rows) throws IOException {
    table.newAppend().appendFile(file(rows)).commit();
    return now();
  }

  /** Puts rows in place of all that are there. */
  Snapshot overwrite(Row... rows) throws IOException {
    table.newOverwrite().deleteFiles(files(), DeleteFileSet.create()).addFile(file(rows)).commit();
    return now();
  }

  /** Joins all files into one of the same rows. */
  Snapshot join(Row... rows) throws IOException {
    RewriteFiles rewrite = table.newRewrite().addFile(file(rows));
    for (DataFile each : files()) {
      rewrite = rewrite.deleteFile(each);
    }
    rewrite.commit();
    return now();
  }

  /**
   * Deletes rows by their values in some columns, wherever they lie, of a table that has no
   * partitions now.
   *
   * @param values of these columns
   */
  Snapshot deleteEqual(List<String> columns, Row... values) throws IOException {
    Schema equal = table.schema().select(columns);
    int[] ids = columns.stream().mapToInt(name -> equal.findField(name).fieldId()).toArray();
    EqualityDeleteWriter<Record> writer =
        new GenericAppenderFactory(table.schema(), table.spec(), ids, equal, null)
            .newEqDeleteWriter(
                outputs(FileFormat.PARQUET).newOutputFile(), FileFormat.PARQUET, null);
    try (writer) {
      for (Row each : values) {
        writer.write(record(equal.asStruct(), each.values()));
      }
    }
    return delete(List.of(writer.toDeleteFile()));
  }

  /** Deletes the first row of each file by its place. */
  Snapshot deleteFirst() throws IOException {
    List<DeleteFile> deletes = new ArrayList<>();
    for (DataFile file : files()) {
      PartitionSpec spec = spec(file);
      PositionDeleteWriter<Record> writer =
          new GenericAppenderFactory(table.schema(), spec)
              .newPosDeleteWriter(
                  output(spec, file.partition()), FileFormat.PARQUET, file.partition());
      try (writer) {
        writer.write(PositionDelete.<Record>create().set(file.location(), 0L));
      }
      deletes.add(writer.toDeleteFile());
    }
    return delete(deletes);
  }

  /** The same by a vector, which tables have from version 3 of their format on. */
  Snapshot deleteFirstByVector() throws IOException {
    BaseDVFileWriter writer = new BaseDVFileWriter(outputs(FileFormat.PUFFIN), path -> null);
    try (writer) {
      for (DataFile file : files()) {
        writer.delete(file.location(), 0, spec(file), file.partition());
      }
    }
    return delete(writer.result().deleteFiles());
  }

  private Snapshot delete(List<DeleteFile> deletes) {
    RowDelta delta = table.newRowDelta();
    for (DeleteFile each : deletes) {
      delta = delta.addDeletes(each);
    }
    delta.commit();
    return now();
  }

  Snapshot now() {
    return Objects.requireNonNull(table.currentSnapshot());
  }

  private DataFileSet files() throws IOException {
    DataFileSet files = DataFileSet.create();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    }
    return files;
  }

  private PartitionSpec spec(DataFile of) {
    return Objects.requireNonNull(table.specs().get(of.specId()));
  }

  private DataFile file(Row... rows) throws IOException {
    Types.StructType type = table.schema().asStruct();
    List<Record> records = new ArrayList<>();
    for (Row each : rows) {
      records.add(record(type, each.values()));
    }
    PartitionKey partition = new PartitionKey(table.spec(), table.schema());
    partition.partition(new InternalRecordWrapper(type).wrap(records.get(0)));
    DataWriter<Record> writer =
        new GenericAppenderFactory(table.schema(), table.spec())
            .newDataWriter(output(table.spec(), partition), FileFormat.PARQUET, partition);
    try (writer) {
      writer.write(records);
    }
    return writer.toDataFile();
  }

  private OutputFileFactory outputs(FileFormat format) {
    return OutputFileFactory.builderFor(table, 0, 0).format(format).build();
  }

  private EncryptedOutputFile output(PartitionSpec spec, StructLike partition) {
    return spec.isUnpartitioned()
        ? outputs(FileFormat.PARQUET).newOutputFile()
        : outputs(FileFormat.PARQUET).newOutputFile(spec, partition);
  }

  private static Record record(Types.StructType type, List<@Nullable Object> values) {
    Record record = GenericRecord.create(type);
    for (int i = 0; i < values.size(); i++) {
      record.set(i, value(type.fields().get(i).type(), values.get(i)));
    }
    return record;
  }

  /** A plain value as Iceberg's records have it. */
  private static @Nullable Object value(Type type, @Nullable Object plain) {
    if (plain instanceof Instant time) {
      return ((Types.TimestampType) type).shouldAdjustToUTC()
          ? time.atOffset(ZoneOffset.UTC)
          : LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }
    if (plain instanceof Map<?, ?> fields) {
      Types.StructType struct = type.asStructType();
      List<@Nullable Object> values = new ArrayList<>();
      struct.fields().forEach(field -> values.add(fields.get(field.name())));
      return record(struct, values);
    }
    if (plain instanceof List<?> list) {
      List<@Nullable Object> values = new ArrayList<>();
      list.forEach(each -> values.add(value(type.asListType().elementType(), each)));
      return values;
    }
    if (plain instanceof byte[] bytes) {
      return type.typeId() == Type.TypeID.BINARY ? ByteBuffer.wrap(bytes) : bytes;
    }
    return type.typeId() == Type.TypeID.UUID && plain != null
        ? UUID.fromString(plain.toString())
        : plain;
  }
}
