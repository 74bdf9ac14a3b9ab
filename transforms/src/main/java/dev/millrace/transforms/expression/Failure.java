package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;

/** What Catalyst says when it fails, in words for a person. */
final class Failure {
  private Failure() {}

  /** The sentence of a message, without its error class and its place in a query. */
  static String firstLine(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).strip();
    // "[ERROR_CLASS] sentence. SQLSTATE: ...; line 1 pos 0" and then the plan.
    String line = message.lines().findFirst().orElse(failure.getClass().getSimpleName());
    line =
        line.replaceFirst("^\\[[A-Z_.0-9]+\\]\\s*", "")
            .replaceFirst(";? ?line \\d+ pos \\d+.*$", "");
    return line.replaceFirst("\\s*SQLSTATE: \\w+", "").replaceFirst("[.;]+$", "");
  }

  /** Names the expression that cannot be computed on the row. */
  static MillraceException on(
      InternalRow row, List<String> texts, List<Expression> expressions, RuntimeException failure) {
    String text = texts.get(0);
    for (int i = 0; i < expressions.size(); i++) {
      try {
        expressions.get(i).eval(row);
      } catch (RuntimeException its) {
        text = texts.get(i);
        break;
      }
    }
    return new MillraceException(
        new Problem(
            "Cannot compute '" + text + "'",
            firstLine(failure),
            "Leave such rows out, or say what their value is, as with try_divide or try_cast"),
        failure);
  }
}
