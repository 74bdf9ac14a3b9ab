package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.FilesAtRest;
import dev.millrace.transforms.bytes.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Files as a source. Each file of Parquet or Avro is held against the scan on its own: one that
 * lacks a column is an error. For text see {@link TextFiles}.
 */
final class FileSource {
  private FileSource() {}

  static Dataset<Row> read(SparkSession session, Scan scan, Location.Files files) {
    return switch (files.format()) {
      case CSV, JSON -> TextFiles.read(session, scan, files, paths(session, files));
      case PARQUET, AVRO -> records(session, scan, files);
    };
  }

  private static Dataset<Row> records(SparkSession session, Scan scan, Location.Files files) {
    Map<StructType, List<Path>> bySchema = new LinkedHashMap<>();
    schemas(session, files)
        .forEach(
            (path, schema) ->
                bySchema.computeIfAbsent(schema, none -> new ArrayList<>()).add(path));
    String format = files.format().name().toLowerCase(Locale.ROOT);
    List<Dataset<Row>> parts = new ArrayList<>();
    bySchema.forEach(
        (schema, alike) -> {
          String[] paths = alike.stream().map(Path::toString).toArray(String[]::new);
          Dataset<Row> rows = session.read().format(format).schema(schema).load(paths);
          parts.add(ScanColumns.select(rows, scan, format + " " + local(alike.get(0))));
        });
    return parts.stream().reduce(Dataset::union).orElseThrow();
  }

  /** The path as a person writes it, where the file is local. */
  private static String local(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  /** What the files say themselves that they hold. */
  private static Map<Path, StructType> schemas(SparkSession session, Location.Files files) {
    Map<Path, StructType> schemas = new LinkedHashMap<>();
    if (files.format() == Location.Files.Format.PARQUET) {
      footers(session, files)
          .forEach(footer -> schemas.put(new Path(footer.path()), footer.schema()));
    } else {
      paths(session, files)
          .forEach(
              path ->
                  schemas.put(path, session.read().format("avro").load(path.toString()).schema()));
    }
    return schemas;
  }

  /** The columns that any of the files has. */
  static List<String> columns(SparkSession session, Location.Files files) {
    return switch (files.format()) {
      case CSV, JSON -> TextFiles.columns(session, files.format(), paths(session, files));
      case PARQUET, AVRO ->
          schemas(session, files).values().stream()
              .flatMap(schema -> Arrays.stream(schema.fieldNames()))
              .distinct()
              .toList();
    };
  }

  /**
   * A digest of the files' names and bytes; of Parquet, in place of these, of footers and times.
   */
  static String version(SparkSession session, Location.Files files) {
    if (files.format() != Location.Files.Format.PARQUET) {
      Configuration conf = session.sessionState().newHadoopConf();
      return FilesAtRest.digest(paths(session, files), conf);
    }
    return Digest.sha256(
        footers(session, files).stream()
            .map(footer -> new Path(footer.path()).getName() + " " + footer.digest())
            .sorted()
            .collect(Collectors.joining("\n")));
  }

  private static List<Path> paths(SparkSession session, Location.Files files) {
    return FilesAtRest.paths(files, session.sessionState().newHadoopConf());
  }

  private static List<ParquetFooter> footers(SparkSession session, Location.Files files) {
    Configuration conf = session.sessionState().newHadoopConf();
    return FilesAtRest.list(files, conf).parallelStream()
        .map(file -> ParquetFooter.read(file, conf, session.sessionState().conf()))
        .toList();
  }
}
