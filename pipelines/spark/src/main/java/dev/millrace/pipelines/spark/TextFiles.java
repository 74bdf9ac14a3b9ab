package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

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
      Dataset<Row> rows = reader(session).schema(texts).csv(path.toString());
      parts.add(typed(rows, scan, path.toUri().getPath()));
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

  private static Dataset<Row> typed(Dataset<Row> texts, Scan scan, String file) {
    return texts.select(
        scan.schema().columns().stream()
            .map(column -> typed(column, file).as(column.name()))
            .toArray(org.apache.spark.sql.Column[]::new));
  }

  private static org.apache.spark.sql.Column typed(Column column, String file) {
    String name = Expressions.quoted(column.name());
    DataType type = CatalystTypes.toCatalyst(column.type());
    if (type.equals(DataTypes.StringType)) {
      return functions.col(name);
    }
    return functions.coalesce(
        functions.expr("try_cast(" + name + " as " + type.sql() + ")"),
        functions
            .udf(new OfNoSuchType(column.name(), file, column.type().sql()), type)
            .apply(functions.col(name)));
  }

  /** Refuses a text that is no value of its column's type; there is none where it is null. */
  private record OfNoSuchType(String column, String file, String type)
      implements UDF1<@Nullable String, @Nullable Object> {
    @Override
    public @Nullable Object call(@Nullable String text) {
      if (text != null) {
        throw new MillraceException(Failures.ofNoSuchType(column, "csv " + file, text, type));
      }
      return null;
    }
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
