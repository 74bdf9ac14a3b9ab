package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Values as a person writes them, and as Catalyst holds them.
 *
 * <pre>
 *   boolean   Boolean      float    Float        date        LocalDate
 *   int       Integer      double   Double       timestamp   Instant, to the microsecond
 *   bigint    Long         string   String       decimal     BigDecimal
 *   array     List         binary   byte[]
 * </pre>
 */
public final class PlainValues {
  private PlainValues() {}

  /** Catalyst's value; a number of a narrower type will do, and null is null. */
  public static @Nullable Object toCatalyst(DataType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    try {
      return convert(type, value);
    } catch (ClassCastException | ArithmeticException unfit) {
      throw MillraceException.because(
          "Value '" + value + "' is a " + value.getClass().getSimpleName(),
          "the column is a " + type.sql(),
          "Give what the column holds");
    }
  }

  private static @Nullable Object convert(DataType type, Object value) {
    if (type instanceof DecimalType decimal) {
      BigDecimal exact = new BigDecimal(((Number) value).toString());
      return Decimal.apply(exact.setScale(decimal.scale()), decimal.precision(), decimal.scale());
    }
    if (type instanceof ArrayType array) {
      return new GenericArrayData(
          ((List<?>) value).stream().map(each -> toCatalyst(array.element(), each)).toArray());
    }
    return switch ((PrimitiveType) type) {
      case BOOLEAN -> (Boolean) value;
      case INT -> Math.toIntExact(whole(value));
      case LONG -> whole(value);
      case FLOAT -> (Float) value;
      case DOUBLE -> ((Number) value).doubleValue();
      case STRING -> UTF8String.fromString((String) value);
      case BYTES -> ((byte[]) value).clone();
      case DATE -> Math.toIntExact(((LocalDate) value).toEpochDay());
      case TIMESTAMP -> micros((Instant) value);
    };
  }

  /** Microseconds since 1970-01-01T00:00:00Z, of any year that a timestamp has. */
  public static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
  }

  private static long whole(Object value) {
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    }
    throw new ClassCastException(value.getClass().getName());
  }

  /** The plain value of Catalyst's; the bytes of an array are the caller's own. */
  public static @Nullable Object fromCatalyst(DataType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Decimal decimal) {
      return decimal.toJavaBigDecimal();
    }
    if (value instanceof ArrayData array && type instanceof ArrayType elements) {
      List<@Nullable Object> plain = new ArrayList<>();
      org.apache.spark.sql.types.DataType element = CatalystTypes.toCatalyst(elements.element());
      for (int i = 0; i < array.numElements(); i++) {
        plain.add(
            array.isNullAt(i) ? null : fromCatalyst(elements.element(), array.get(i, element)));
      }
      return plain;
    }
    if (value instanceof UTF8String text) {
      return text.toString();
    }
    if (value instanceof byte[] bytes) {
      return Arrays.copyOf(bytes, bytes.length);
    }
    if (type == PrimitiveType.TIMESTAMP) {
      return Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS);
    }
    return type == PrimitiveType.DATE ? LocalDate.ofEpochDay((Integer) value) : value;
  }
}
