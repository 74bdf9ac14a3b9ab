package dev.millrace.transforms.expression;

import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.BinaryArithmetic;
import org.apache.spark.sql.catalyst.expressions.DivModLike;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.types.Decimal;

/** Divisions and remainders that no row can be computed with. */
final class ZeroDivision {
  private ZeroDivision() {}

  /** One whose divisor is a constant zero, as a person reads it, or none. */
  static Optional<String> find(Expression analysed) {
    return Analysis.parts(analysed).stream()
        .filter(part -> part instanceof DivModLike)
        .map(part -> (BinaryArithmetic) part)
        .filter(part -> part.failOnError() && isZero(part.right()))
        .map(Expression::sql)
        .findFirst();
  }

  private static boolean isZero(Expression divisor) {
    if (!divisor.foldable()) {
      return false;
    }
    Object value = divisor.eval(package$.MODULE$.EmptyRow());
    return value instanceof Decimal decimal
        ? decimal.toBigDecimal().signum() == 0
        : value instanceof Number number && number.doubleValue() == 0;
  }
}
