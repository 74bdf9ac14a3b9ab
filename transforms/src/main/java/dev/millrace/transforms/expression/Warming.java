package dev.millrace.transforms.expression;

import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InterpretedPredicate;
import org.apache.spark.sql.catalyst.expressions.InterpretedUnsafeProjection$;
import org.apache.spark.sql.catalyst.expressions.Predicate$;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection$;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Evaluators that interpret their expressions for the first rows and compile them then: to compile
 * takes as long as to interpret some thousands of rows, and a test has three.
 */
final class Warming {
  static final int ROWS_INTERPRETED = 1_000;

  /** Beyond it, code takes longer to generate and compile than it saves. */
  private static final int MOST_COMPILED = 500;

  private Warming() {}

  static UnsafeProjection projection(List<Expression> expressions) {
    UnsafeProjection interpreted =
        InterpretedUnsafeProjection$.MODULE$.createProjection(Scope.seq(expressions));
    return expressions.size() > MOST_COMPILED
        ? interpreted
        : new Projection(expressions, interpreted);
  }

  static BasePredicate predicate(Expression condition) {
    return new Condition(condition);
  }

  private static final class Projection extends UnsafeProjection {
    private final List<Expression> expressions;
    private UnsafeProjection current;
    private int rows;

    Projection(List<Expression> expressions, UnsafeProjection interpreted) {
      this.expressions = expressions;
      this.current = interpreted;
    }

    @Override
    public UnsafeRow apply(InternalRow row) {
      if (rows <= ROWS_INTERPRETED && rows++ == ROWS_INTERPRETED) {
        current = UnsafeProjection$.MODULE$.create(Scope.<Expression>seq(expressions));
      }
      return current.apply(row);
    }
  }

  private static final class Condition extends BasePredicate {
    private final Expression condition;
    private BasePredicate current;
    private int rows;

    Condition(Expression condition) {
      this.condition = condition;
      this.current = new InterpretedPredicate(condition);
    }

    @Override
    public boolean eval(InternalRow row) {
      if (rows <= ROWS_INTERPRETED && rows++ == ROWS_INTERPRETED) {
        current = Predicate$.MODULE$.create(condition);
      }
      return current.eval(row);
    }
  }
}
