package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.MillraceException;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.Expression;

/**
 * A condition compiled to a test of one row. Any number of threads may use it; a thread interprets
 * it for its first thousand rows, and compiles it then.
 */
public final class RowPredicate {
  private final String text;
  private final PerThread<BasePredicate> predicate;

  RowPredicate(String text, Expression expression) {
    this.text = text;
    this.predicate =
        new PerThread<>(List.of(expression), copies -> Warming.predicate(copies.get(0)));
  }

  /**
   * Whether the condition is true of the row; where it is null, it is not.
   *
   * @throws MillraceException where the condition cannot be computed
   */
  public boolean test(InternalRow row) {
    BasePredicate mine = predicate.mine();
    try {
      return PinnedSettings.under(() -> mine.eval(row));
    } catch (RuntimeException failure) {
      throw PinnedSettings.<MillraceException>under(
          () -> Failure.on(row, List.of(text), predicate.copies(), failure));
    }
  }
}
