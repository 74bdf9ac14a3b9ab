package dev.millrace.transforms.expression;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.StructType;
import dev.millrace.transforms.type.VectorType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
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
 *   array     List         binary   byte[]      struct      Map, by field
 *   vector    List
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
      return elements(array.element(), (List<?>) value);
    }
    if (type instanceof VectorType vector) {
      List<?> elements = (List<?>) value;
      if (elements.size() != vector.size() || elements.stream().anyMatch(Objects::isNull)) {
        throw new ArithmeticException("no dense vector of that size");
      }
      return elements(PrimitiveType.FLOAT, elements);
    }
    if (type instanceof StructType struct) {
      Map<?, ?> fields = (Map<?, ?>) value;
      if (!struct.fields().stream().map(Column::name).toList().containsAll(fields.keySet())) {
        throw new ArithmeticException("a field that the struct has not");
      }
      return new GenericInternalRow(
          struct.fields().stream()
              .map(field -> toCatalyst(field.type(), fields.get(field.name())))
              .toArray());
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
      case TIMESTAMP -> Micros.of((Instant) value);
    };
  }

  private static GenericArrayData elements(DataType type, List<?> values) {
    return new GenericArrayData(values.stream().map(each -> toCatalyst(type, each)).toArray());
  }

  private static long whole(Object value) {
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    }
    throw new ClassCastException(value.getClass().getName());
  }

  private static @Nullable Object part(DataType type, SpecializedGetters from, int ordinal) {
    return from.isNullAt(ordinal)
        ? null
        : fromCatalyst(type, from.get(ordinal, CatalystTypes.toCatalyst(type)));
  }

  /** A plain value as a person reads it: bytes in hex, {@code 0x0aff}. */
  public static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(PlainValues::text).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(field -> text(field.getKey()) + "=" + text(field.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return String.valueOf(value);
  }

  /** The same plain value, as one that equals all that are the same: bytes are a buffer. */
  public static @Nullable Object comparable(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> elements = new ArrayList<>();
      list.forEach(each -> elements.add(comparable(each)));
      return elements;
    }
    if (value instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> fields = new LinkedHashMap<>();
      map.forEach((name, each) -> fields.put(comparable(name), comparable(each)));
      return fields;
    }
    return value;
  }

  /** The plain value of Catalyst's; the bytes of an array are the caller's own. */
  public static @Nullable Object fromCatalyst(DataType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Decimal decimal) {
      return decimal.toJavaBigDecimal();
    }
    if (value instanceof ArrayData array) {
      DataType element = type instanceof ArrayType of ? of.element() : PrimitiveType.FLOAT;
      List<@Nullable Object> plain = new ArrayList<>();
      for (int i = 0; i < array.numElements(); i++) {
        plain.add(part(element, array, i));
      }
      return plain;
    }
    if (value instanceof InternalRow row && type instanceof StructType struct) {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      for (int i = 0; i < struct.fields().size(); i++) {
        Column field = struct.fields().get(i);
        plain.put(field.name(), part(field.type(), row, i));
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
      return Micros.instant((Long) value);
    }
    return type == PrimitiveType.DATE ? LocalDate.ofEpochDay((Integer) value) : value;
  }
}
