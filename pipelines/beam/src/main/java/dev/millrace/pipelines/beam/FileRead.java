package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.PinnedSettings;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Schema;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Reads files from their beginning to their end, one at a time, wherever a worker is free. The
 * formats are read by Spark's own parsers, which need no session.
 */
final class FileRead extends DoFn<FileRead.Part, UnsafeRow> {
  private static final long serialVersionUID = 1L;

  /** How the rows of a file are read. */
  interface Format extends Serializable {
    /** Begins to read; what is given out throws where a row is not of the format. */
    Opened open(Path file) throws IOException;
  }

  /**
   * A file that is being read.
   *
   * @param rows each of which may be overwritten by the next
   */
  record Opened(Iterator<? extends InternalRow> rows, Closeable file) {}

  /**
   * A file and what is read of it.
   *
   * @param name as messages name it
   * @param held the columns of the rows that the format gives out
   * @param selection the declared columns of those
   */
  record Part(
      String path, String name, Format format, Schema held, LinkedHashMap<String, String> selection)
      implements Serializable {}

  static PCollection<UnsafeRow> rows(Pipeline pipeline, List<Part> parts) {
    return pipeline
        .apply("Files", Create.of(parts).withCoder(SerializableCoder.of(Part.class)))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Read", ParDo.of(new FileRead()))
        .setCoder(RowCoder.of());
  }

  /** The columns that a scan names, as a file has them, in the file's order. */
  static Schema held(Schema all, Scan scan) {
    List<String> wanted = scan.schema().names();
    return new Schema(all.columns().stream().filter(c -> wanted.contains(c.name())).toList());
  }

  @ProcessElement
  public void process(@Element Part part, OutputReceiver<UnsafeRow> out) throws IOException {
    RowProjection select = Compiled.projection(part.selection(), part.held());
    Opened opened = explained(part.name(), () -> part.format().open(new Path(part.path())));
    try (Closeable file = Objects.requireNonNull(opened).file()) {
      Iterator<? extends InternalRow> rows = opened.rows();
      for (UnsafeRow row = next(part, rows, select); row != null; row = next(part, rows, select)) {
        out.output(row);
      }
    }
  }

  private static @Nullable UnsafeRow next(
      Part part, Iterator<? extends InternalRow> rows, RowProjection select) {
    return explained(
        part.name(), () -> rows.hasNext() ? ((UnsafeRow) select.apply(rows.next())).copy() : null);
  }

  /** Work on a file. */
  interface Work<T> {
    @Nullable T result() throws IOException;
  }

  /** Does it under the pinned settings, and says of what file a failure is. */
  static <T> @Nullable T explained(String file, Work<T> work) {
    return PinnedSettings.under(
        () -> {
          try {
            return work.result();
          } catch (IOException | RuntimeException failure) {
            throw new MillraceException(
                new Problem(
                    "Cannot read " + file,
                    innermost(failure),
                    "Nothing of this run was published. Mend the file, and run it again"),
                failure);
          }
        });
  }

  private static String innermost(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }
}
