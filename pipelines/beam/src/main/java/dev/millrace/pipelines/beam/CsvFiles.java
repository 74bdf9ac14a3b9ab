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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.csv.CSVExprUtils$;
import org.apache.spark.sql.catalyst.csv.CSVHeaderChecker;
import org.apache.spark.sql.catalyst.csv.CSVOptions;
import org.apache.spark.sql.catalyst.csv.UnivocityParser;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.datasources.csv.CSVUtils$;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.immutable.Map;
import scala.collection.immutable.Map$;

/** CSV with a header, of which each file goes by its own: texts, cast to the columns' types. */
record CsvFiles(List<Path> paths) implements SourceFiles {
  @Override
  public PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan) {
    List<FileRead.Part> parts = new ArrayList<>();
    for (Path path : paths) {
      String name = name(path);
      List<String> header = header(path);
      LinkedHashMap<String, String> selection =
          new LinkedHashMap<>(Selection.ofTexts(header, scan.schema(), name));
      Schema texts = texts(header);
      Schema held = FileRead.held(texts, scan);
      parts.add(new FileRead.Part(path.toString(), name, new Csv(texts, held), held, selection));
    }
    return FileRead.rows(pipeline, parts);
  }

  private static String name(Path path) {
    return "csv " + path.toUri().getPath();
  }

  private static Schema texts(List<String> header) {
    return new Schema(header.stream().map(name -> new Column(name, PrimitiveType.STRING)).toList());
  }

  @Override
  public String version() {
    return FilesAtRest.digest(paths, LocalFiles.conf());
  }

  @Override
  public Set<String> columns() {
    Set<String> columns = new TreeSet<>();
    paths.forEach(path -> columns.addAll(header(path)));
    return columns;
  }

  private static List<String> header(Path path) {
    return Objects.requireNonNull(
        FileRead.explained(
            name(path),
            () -> {
              CSVOptions options = Csv.options();
              try (FileLines lines = new FileLines(path)) {
                Option<String> first =
                    CSVExprUtils$.MODULE$.extractHeader(Csv.texts(lines), options);
                if (first.isEmpty()) {
                  return List.of();
                }
                String[] names =
                    new com.univocity.parsers.csv.CsvParser(options.asParserSettings())
                        .parseLine(first.get());
                return Arrays.asList(CSVUtils$.MODULE$.makeSafeHeader(names, true, options));
              }
            }));
  }

  /**
   * Spark's parser.
   *
   * @param texts all columns of a file
   * @param wanted those that are read
   */
  private record Csv(Schema texts, Schema wanted) implements FileRead.Format {
    private static final Map<String, String> OPTIONS =
        Map$.MODULE$
            .<String, String>empty()
            .updated("header", "true")
            .updated("enforceSchema", "false")
            .updated("mode", "FAILFAST");

    static CSVOptions options() {
      return new CSVOptions(OPTIONS, true, "UTC");
    }

    static Iterator<String> texts(FileLines lines) {
      return lines.map(text -> text.toString());
    }

    @Override
    public FileRead.Opened open(Path file) throws IOException {
      CSVOptions options = options();
      var columns = CatalystTypes.toCatalyst(texts);
      var required = CatalystTypes.toCatalyst(wanted);
      FileLines lines = new FileLines(file);
      return new FileRead.Opened(
          JavaConverters.asJavaIterator(
              UnivocityParser.parseIterator(
                  texts(lines),
                  new UnivocityParser(columns, required, options),
                  new CSVHeaderChecker(required, options, file.toString(), true),
                  required)),
          lines);
    }
  }
}
