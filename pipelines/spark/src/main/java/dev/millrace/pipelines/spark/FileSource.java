package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Files as a source. Each file of Parquet is held against the scan on its own: one that lacks a
 * column is an error. For text see {@link TextFiles}.
 */
final class FileSource {
  private FileSource() {}

  static Dataset<Row> read(SparkSession session, Scan scan, Location.Files files) {
    if (files.format() != Location.Files.Format.PARQUET) {
      return TextFiles.read(session, scan, files, paths(session, files));
    }
    Map<StructType, List<ParquetFooter>> bySchema = new LinkedHashMap<>();
    for (ParquetFooter footer : footers(session, files)) {
      bySchema.computeIfAbsent(footer.schema(), schema -> new ArrayList<>()).add(footer);
    }
    List<Dataset<Row>> parts = new ArrayList<>();
    bySchema.forEach(
        (schema, alike) -> {
          String[] paths = alike.stream().map(ParquetFooter::path).toArray(String[]::new);
          Dataset<Row> rows = session.read().schema(schema).parquet(paths);
          parts.add(ScanColumns.select(rows, scan, "parquet " + alike.get(0).localPath()));
        });
    return parts.stream().reduce(Dataset::union).orElseThrow();
  }

  /** The columns that any of the files has. */
  static List<String> columns(SparkSession session, Location.Files files) {
    if (files.format() != Location.Files.Format.PARQUET) {
      return TextFiles.columns(session, files.format(), paths(session, files));
    }
    return footers(session, files).stream()
        .flatMap(footer -> Arrays.stream(footer.schema().fieldNames()))
        .distinct()
        .toList();
  }

  /**
   * A digest of the files' names and footers, which hold sizes, places and statistics of all their
   * columns.
   */
  static String version(SparkSession session, Location.Files files) {
    if (files.format() != Location.Files.Format.PARQUET) {
      return TextFiles.version(session, paths(session, files));
    }
    return Digest.sha256(
        footers(session, files).stream()
            .map(footer -> new Path(footer.path()).getName() + " " + footer.digest())
            .sorted()
            .collect(Collectors.joining("\n")));
  }

  private static List<Path> paths(SparkSession session, Location.Files files) {
    return list(session.sessionState().newHadoopConf(), files).stream()
        .map(LocatedFileStatus::getPath)
        .sorted()
        .toList();
  }

  private static List<ParquetFooter> footers(SparkSession session, Location.Files files) {
    Configuration conf = session.sessionState().newHadoopConf();
    return list(conf, files).parallelStream()
        .sorted(java.util.Comparator.comparing(file -> file.getPath().toString()))
        .map(file -> ParquetFooter.read(file, conf, session.sessionState().conf()))
        .toList();
  }

  private static List<LocatedFileStatus> list(Configuration conf, Location.Files files) {
    List<LocatedFileStatus> found = new ArrayList<>();
    Path path = new Path(files.path());
    try {
      FileSystem system = path.getFileSystem(conf);
      if (system.exists(path)) {
        RemoteIterator<LocatedFileStatus> each = system.listFiles(path, true);
        while (each.hasNext()) {
          LocatedFileStatus file = each.next();
          String name = file.getPath().getName();
          if (!name.startsWith("_") && !name.startsWith(".")) {
            found.add(file);
          }
        }
      }
    } catch (IOException failure) {
      throw MillraceException.because(
          "Cannot read " + files,
          String.valueOf(failure.getMessage()),
          "Check the path and its permissions");
    }
    if (found.isEmpty()) {
      throw MillraceException.because(
          "Cannot read " + files, "there is no such file or the folder is empty", "Check the path");
    }
    return found;
  }
}
