package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.FilesAtRest;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.avro.AvroDeserializer;
import org.apache.spark.sql.avro.SchemaConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.NoopFilters;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.datasources.DataSourceUtils;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Containers of Avro. Each is held against the scan on its own. */
record AvroFiles(List<Path> paths) implements SourceFiles {
  @Override
  public PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan) {
    List<FileRead.Part> parts = new ArrayList<>();
    for (Path path : paths) {
      String name = name(path);
      Schema all = schema(path);
      LinkedHashMap<String, String> selection =
          new LinkedHashMap<>(Selection.of(all, scan.schema(), name));
      Schema held = FileRead.held(all, scan);
      parts.add(new FileRead.Part(path.toString(), name, new Avro(held.names()), held, selection));
    }
    return FileRead.rows(pipeline, parts);
  }

  private static String name(Path path) {
    return "avro " + path.toUri().getPath();
  }

  @Override
  public String version() {
    return FilesAtRest.digest(paths, LocalFiles.conf());
  }

  @Override
  public Set<String> columns() {
    Set<String> columns = new TreeSet<>();
    paths.forEach(path -> columns.addAll(schema(path).names()));
    return columns;
  }

  /** The columns of a file, those alone whose types Millrace has. */
  private static Schema schema(Path path) {
    return Objects.requireNonNull(
        FileRead.explained(
            name(path),
            () -> {
              List<Column> columns = new ArrayList<>();
              try (DataFileStream<GenericRecord> records = Avro.records(path)) {
                for (StructField field : Avro.type(records).fields()) {
                  type(field.dataType())
                      .ifPresent(type -> columns.add(new Column(field.name(), type)));
                }
              }
              return new Schema(columns);
            }));
  }

  /** Times without a zone are in UTC. */
  static Optional<dev.millrace.transforms.type.DataType> type(
      org.apache.spark.sql.types.DataType type) {
    return type.equals(DataTypes.TimestampNTZType)
        ? Optional.of(PrimitiveType.TIMESTAMP)
        : CatalystTypes.fromCatalyst(type);
  }

  /** Spark's reader of records. */
  private record Avro(List<String> columns) implements FileRead.Format {
    static DataFileStream<GenericRecord> records(Path file) throws IOException {
      return new DataFileStream<>(
          file.getFileSystem(LocalFiles.conf()).open(file), new GenericDatumReader<>());
    }

    static StructType type(DataFileStream<GenericRecord> records) {
      return (StructType) SchemaConverters.toSqlType(records.getSchema()).dataType();
    }

    @Override
    public FileRead.Opened open(Path file) throws IOException {
      DataFileStream<GenericRecord> records = records(file);
      StructType all = type(records);
      StructType wanted = new StructType();
      for (String column : columns) {
        wanted = wanted.add(all.apply(column));
      }
      AvroDeserializer rows =
          new AvroDeserializer(
              records.getSchema(),
              wanted,
              false,
              DataSourceUtils.datetimeRebaseSpec(
                  records::getMetaString, SQLConf.AVRO_REBASE_MODE_IN_READ().defaultValueString()),
              new NoopFilters(),
              false);
      return new FileRead.Opened(rows(records, rows), records);
    }

    private static Iterator<InternalRow> rows(
        DataFileStream<GenericRecord> records, AvroDeserializer rows) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return records.hasNext();
        }

        @Override
        public InternalRow next() {
          return (InternalRow) rows.deserialize(records.next()).get();
        }
      };
    }
  }
}
