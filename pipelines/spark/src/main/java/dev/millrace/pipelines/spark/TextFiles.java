package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** CSV and JSON as a source: names are checked before anything is read, values as they are read. */
final class TextFiles {
  private TextFiles() {}

  static Dataset<Row> read(
      SparkSession session, Scan scan, Location.Files files, List<Path> paths) {
    return files.format() == Location.Files.Format.CSV
        ? csv(session, scan, paths)
        : json(session, scan, files, paths);
  }

  /** Each file by its own header, since columns go by their place otherwise. */
  private static Dataset<Row> csv(SparkSession session, Scan scan, List<Path> paths) {
    List<Dataset<Row>> parts = new ArrayList<>();
    for (Path path : paths) {
      List<String> header = header(session, path);
      Selection.requireNames(header, scan.schema(), "csv " + path.toUri().getPath());
      StructType texts = new StructType();
      for (String name : header) {
        texts = texts.add(name, DataTypes.StringType);
      }
      parts.add(typed(reader(session).schema(texts).csv(path.toString()), scan));
    }
    return parts.stream().reduce(Dataset::union).orElseThrow();
  }

  private static DataFrameReader reader(SparkSession session) {
    return session
        .read()
        .option("header", true)
        .option("enforceSchema", false)
        .option("mode", "FAILFAST");
  }

  private static Dataset<Row> typed(Dataset<Row> texts, Scan scan) {
    return texts.select(
        scan.schema().columns().stream()
            .map(
                column ->
                    functions
                        .col(Expressions.quoted(column.name()))
                        .cast(CatalystTypes.toCatalyst(column.type()))
                        .as(column.name()))
            .toArray(org.apache.spark.sql.Column[]::new));
  }

  private static Dataset<Row> json(
      SparkSession session, Scan scan, Location.Files files, List<Path> paths) {
    Selection.requireNames(fields(session, paths), scan.schema(), files.toString());
    return session
        .read()
        .schema(CatalystTypes.toCatalyst(scan.schema()))
        .option("mode", "FAILFAST")
        .json(names(paths));
  }

  private static String[] names(List<Path> paths) {
    return paths.stream().map(Path::toString).toArray(String[]::new);
  }

  /** The columns that any of the files has. */
  static List<String> columns(
      SparkSession session, Location.Files.Format format, List<Path> paths) {
    return format == Location.Files.Format.CSV
        ? paths.stream().flatMap(path -> header(session, path).stream()).distinct().toList()
        : fields(session, paths);
  }

  private static List<String> header(SparkSession session, Path path) {
    return Arrays.asList(reader(session).csv(path.toString()).columns());
  }

  private static List<String> fields(SparkSession session, List<Path> paths) {
    return Arrays.asList(session.read().option("mode", "FAILFAST").json(names(paths)).columns());
  }
}
