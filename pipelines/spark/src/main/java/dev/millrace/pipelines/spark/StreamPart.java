package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.runs.StreamRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The rows of one part of a batch. They are held as one, since Spark estimates the size of each
 * thing that it holds, and that takes longer than to judge a row.
 */
final class StreamPart implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ArrayList<StreamRow> rows = new ArrayList<>();

  StreamPart(Iterator<StreamRow> rows) {
    rows.forEachRemaining(this.rows::add);
  }

  List<StreamRow> rows() {
    return rows;
  }

  /** As the log keeps the accepted. */
  Stream<InternalRow> kept() {
    return rows.stream()
        .filter(StreamRow::isAccepted)
        .map(row -> java.util.Objects.requireNonNull(row.kept));
  }
}
