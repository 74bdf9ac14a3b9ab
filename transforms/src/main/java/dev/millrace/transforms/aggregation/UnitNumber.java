package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigInteger;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * A number as a whole number of its type's units, exactly: a unit is 2^-1074, the least subnormal
 * double, for floats and doubles; 1 for whole numbers; the last digit for decimals.
 *
 * @param sign 0, or -1 for a negative number
 * @param size unsigned; the number is {@code size 2^bit} where it is not {@code large}
 * @param large the units of a decimal beyond 63 bits
 * @param finite false for NaN and the infinities
 */
record UnitNumber(long sign, long size, int bit, @Nullable BigInteger large, boolean finite) {
  private static final int LEAST_EXPONENT = -1074;
  private static final long FRACTION = (1L << 52) - 1;

  /** The number at {@code ordinal}, which is not null. */
  static UnitNumber read(DataType type, SpecializedGetters row, int ordinal) {
    if (type instanceof DecimalType decimal) {
      BigInteger units =
          row.getDecimal(ordinal, decimal.precision(), decimal.scale())
              .toJavaBigDecimal()
              .setScale(decimal.scale())
              .unscaledValue();
      return units.bitLength() > 63
          ? new UnitNumber(units.signum() >> 1, 0, 0, units, true)
          : of(units.longValue());
    }
    return switch ((PrimitiveType) type) {
      case INT -> of(row.getInt(ordinal));
      case LONG -> of(row.getLong(ordinal));
      case FLOAT -> of((double) row.getFloat(ordinal));
      default -> of(row.getDouble(ordinal));
    };
  }

  private static UnitNumber of(long whole) {
    long sign = whole >> 63;
    return new UnitNumber(sign, (whole ^ sign) - sign, 0, null, true);
  }

  static UnitNumber of(double value) {
    long bits = Double.doubleToRawLongBits(value);
    return new UnitNumber(bits >> 63, size(bits), bit(bits), null, isFinite(bits));
  }

  /** The size of a double that is finite, by its bits. */
  static long size(long bits) {
    return exponent(bits) > 0 ? (bits & FRACTION) | 1L << 52 : bits & FRACTION;
  }

  static int bit(long bits) {
    return Math.max(0, exponent(bits) - 1);
  }

  static boolean isFinite(long bits) {
    return exponent(bits) < 0x7FF;
  }

  private static int exponent(long bits) {
    return (int) (bits >>> 52) & 0x7FF;
  }

  BigInteger units() {
    if (large != null) {
      return large;
    }
    BigInteger whole = new BigInteger(Long.toUnsignedString(size)).shiftLeft(bit);
    return sign < 0 ? whole.negate() : whole;
  }

  /**
   * What a number of units is worth.
   *
   * @param bits how many zero bits were taken off the numerator
   * @param factors of which types the numbers were that were multiplied to get these units
   */
  static ExactRatio value(
      BigInteger numerator, BigInteger denominator, int bits, DataType... factors) {
    int exponent = bits;
    int scale = 0;
    for (DataType factor : factors) {
      if (factor instanceof DecimalType decimal) {
        scale += decimal.scale();
      } else if (factor == PrimitiveType.FLOAT || factor == PrimitiveType.DOUBLE) {
        exponent += LEAST_EXPONENT;
      }
    }
    return new ExactRatio(numerator, denominator.multiply(BigInteger.TEN.pow(scale)), exponent);
  }
}
