package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigDecimal;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** Numbers of any type as doubles. */
final class Numbers {
  private Numbers() {}

  /** The nearest double to the number at {@code ordinal}, which is not null. */
  static double read(DataType type, SpecializedGetters row, int ordinal) {
    if (type instanceof DecimalType decimal) {
      return row.getDecimal(ordinal, decimal.precision(), decimal.scale()).toDouble();
    }
    return switch ((PrimitiveType) type) {
      case INT -> row.getInt(ordinal);
      case LONG -> row.getLong(ordinal);
      case FLOAT -> row.getFloat(ordinal);
      default -> row.getDouble(ordinal);
    };
  }

  /** Whether the number is below a bound that its nearest double is equal to. */
  static boolean isBelow(DataType type, SpecializedGetters row, int ordinal, double bound) {
    if (type instanceof DecimalType decimal) {
      return row.getDecimal(ordinal, decimal.precision(), decimal.scale())
              .toJavaBigDecimal()
              .compareTo(new BigDecimal(bound))
          < 0;
    }
    return type == PrimitiveType.LONG
        && BigDecimal.valueOf(row.getLong(ordinal)).compareTo(new BigDecimal(bound)) < 0;
  }
}
