package dev.millrace.pipelines.beam;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.runs.FilesAtRest;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.Selection;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.json.CreateJacksonParser$;
import org.apache.spark.sql.catalyst.json.JSONOptions;
import org.apache.spark.sql.catalyst.json.JSONOptionsInRead;
import org.apache.spark.sql.catalyst.json.JacksonParser;
import org.apache.spark.sql.catalyst.json.JsonInferSchema;
import org.apache.spark.sql.catalyst.util.FailureSafeParser;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.JavaConverters;
import scala.collection.immutable.Map$;

/** JSON, an object a line. */
record JsonFiles(Location.Files files, List<Path> paths) implements SourceFiles {
  @Override
  public PCollection<UnsafeRow> rows(Pipeline pipeline, Scan scan) {
    Selection.requireNames(fields(scan.schema().names()), scan.schema(), files.toString());
    LinkedHashMap<String, String> same = new LinkedHashMap<>();
    scan.schema().names().forEach(name -> same.put(name, Expressions.quoted(name)));
    List<FileRead.Part> parts = new ArrayList<>();
    paths.forEach(
        path ->
            parts.add(
                new FileRead.Part(
                    path.toString(), name(path), new Json(scan.schema()), scan.schema(), same)));
    return FileRead.rows(pipeline, parts);
  }

  private static String name(Path path) {
    return "json " + path.toUri().getPath();
  }

  @Override
  public String version() {
    return FilesAtRest.digest(paths, LocalFiles.conf());
  }

  @Override
  public Set<String> columns() {
    return fields(List.of());
  }

  /**
   * The fields that lines have, as Spark finds them.
   *
   * @param enough where these are found, no more is read; all is read where there are none
   */
  private Set<String> fields(Collection<String> enough) {
    Set<String> found = new TreeSet<>();
    for (Path path : paths) {
      FileRead.explained(
          name(path),
          () -> {
            JSONOptions options = Json.options();
            JsonFactory factory = options.buildJsonFactory();
            JsonInferSchema types = new JsonInferSchema(options);
            try (FileLines lines = new FileLines(path)) {
              while (lines.hasNext() && (enough.isEmpty() || !found.containsAll(enough))) {
                try (JsonParser line = CreateJacksonParser$.MODULE$.text(factory, lines.next())) {
                  JsonToken unused = line.nextToken();
                  found.addAll(fields(types.inferField(line)));
                }
              }
            }
            return found;
          });
    }
    return found;
  }

  private static List<String> fields(DataType type) {
    if (type instanceof ArrayType array) {
      return fields(array.elementType());
    }
    return type instanceof StructType struct ? List.of(struct.fieldNames()) : List.of();
  }

  /** Spark's parser. */
  private record Json(Schema columns) implements FileRead.Format {
    static JSONOptions options() {
      return new JSONOptionsInRead(
          Map$.MODULE$.<String, String>empty().updated("mode", "FAILFAST"),
          "UTC",
          "_corrupt_record");
    }

    @Override
    public FileRead.Opened open(Path file) throws IOException {
      JSONOptions options = options();
      StructType type = CatalystTypes.toCatalyst(columns);
      JacksonParser parser =
          new JacksonParser(type, options, true, JavaConverters.asScalaBuffer(List.<Filter>of()));
      FailureSafeParser<Text> safe =
          new FailureSafeParser<>(
              line ->
                  parser.parse(
                      line,
                      (factory, text) -> CreateJacksonParser$.MODULE$.text(factory, text),
                      text -> UTF8String.fromBytes(text.getBytes(), 0, text.getLength())),
              options.parseMode(),
              type,
              options.columnNameOfCorruptRecord());
      FileLines lines = new FileLines(file);
      return new FileRead.Opened(JavaConverters.asJavaIterator(lines.flatMap(safe::parse)), lines);
    }
  }
}
