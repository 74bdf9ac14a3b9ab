package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;

/**
 * Expressions compiled to one row of their values. Any number of threads may use it; a thread
 * interprets them for its first thousand rows, and compiles them then.
 */
public final class RowProjection {
  private final Schema schema;
  private final List<String> texts;
  private final PerThread<UnsafeProjection> projection;

  RowProjection(Schema schema, List<String> texts, List<Expression> expressions) {
    this.schema = schema;
    this.texts = List.copyOf(texts);
    this.projection = new PerThread<>(expressions, Warming::projection);
  }

  /** The results' columns. */
  public Schema schema() {
    return schema;
  }

  /**
   * The values for a row, in a row that this thread's next call overwrites: copy what is to stay.
   *
   * @throws MillraceException naming the expression that has no value on the row, such as a
   *     division by zero
   */
  public InternalRow apply(InternalRow row) {
    UnsafeProjection mine = projection.mine();
    try {
      return PinnedSettings.under(() -> mine.apply(row));
    } catch (RuntimeException failure) {
      throw PinnedSettings.<MillraceException>under(
          () -> Failure.on(row, texts, projection.copies(), failure));
    }
  }
}
