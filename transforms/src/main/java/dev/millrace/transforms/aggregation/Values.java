package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigDecimal;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Single values in Catalyst's representation: read so that equal values are one (0.0 for -0.0, one
 * NaN), compared, and written canonically.
 */
public final class Values {
  private Values() {}

  /** Whether values of the type can be compared. */
  static boolean isOrdered(DataType type) {
    return type instanceof DecimalType
        || (type instanceof PrimitiveType && type != PrimitiveType.BYTES);
  }

  /** The value at {@code ordinal}, which is not null; owned by the caller. */
  static Object read(DataType type, SpecializedGetters row, int ordinal) {
    if (NestedValues.isNested(type)) {
      return NestedValues.read(type, row, ordinal);
    }
    if (type == PrimitiveType.DOUBLE) {
      double number = row.getDouble(ordinal);
      return number == 0.0 ? 0.0 : Double.isNaN(number) ? Double.NaN : number;
    }
    Object value = row.get(ordinal, CatalystTypes.toCatalyst(type));
    if (value instanceof Float number) {
      return number == 0f ? 0f : number.isNaN() ? Float.NaN : number;
    }
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    }
    return value instanceof UTF8String text ? text.copy() : value;
  }

  @SuppressWarnings("unchecked")
  static int compare(Object a, Object b) {
    return ((Comparable<Object>) a).compareTo(b);
  }

  /** Writes the value at {@code ordinal}, which is not null, as {@link #encode} does. */
  static void encode(DataType type, SpecializedGetters row, int ordinal, ByteWriter out) {
    if (!(type instanceof PrimitiveType primitive)) {
      encode(type, read(type, row, ordinal), out);
      return;
    }
    switch (primitive) {
      case BOOLEAN -> out.writeByte(row.getBoolean(ordinal) ? 1 : 0);
      case INT, DATE -> out.writeSigned(row.getInt(ordinal));
      case LONG, TIMESTAMP -> out.writeSigned(row.getLong(ordinal));
      case DOUBLE -> {
        double value = row.getDouble(ordinal);
        out.writeLong(value == 0 ? 0 : Double.doubleToLongBits(value));
      }
      case STRING -> out.writeBytes(row.getUTF8String(ordinal).getBytes());
      case FLOAT, BYTES -> encode(type, read(type, row, ordinal), out);
    }
  }

  /** The bytes that {@link #encode} writes. */
  static byte[] bytes(DataType type, Object value) {
    ByteWriter out = new ByteWriter();
    encode(type, value, out);
    return out.toBytes();
  }

  /**
   * Writes a value that {@link #read} gave: equal values of a type give equal bytes, others do not,
   * and no value's bytes begin with another's.
   */
  public static void encode(DataType type, Object value, ByteWriter out) {
    if (NestedValues.isNested(type)) {
      NestedValues.encode(type, value, out);
    } else if (value instanceof Decimal decimal && type instanceof DecimalType declared) {
      out.writeWhole(decimal.toJavaBigDecimal().setScale(declared.scale()).unscaledValue());
    } else if (value instanceof byte[] bytes) {
      out.writeBytes(bytes);
    } else if (value instanceof Double number) {
      out.writeLong(Double.doubleToLongBits(number));
    } else if (value instanceof Float number) {
      out.writeTail(Float.floatToIntBits(number), 4);
    } else if (value instanceof UTF8String text) {
      out.writeBytes(text.getBytes());
    } else if (value instanceof Boolean truth) {
      out.writeByte(truth ? 1 : 0);
    } else if (value instanceof Number number) {
      out.writeSigned(number.longValue());
    } else {
      throw new IllegalArgumentException("no canonical bytes for a " + type.sql());
    }
  }

  /** Reads what {@link #encode} wrote. */
  public static Object decode(DataType type, ByteReader in) {
    if (NestedValues.isNested(type)) {
      return NestedValues.decode(type, in);
    }
    if (type instanceof DecimalType decimal) {
      BigDecimal value = new BigDecimal(in.readWhole(), decimal.scale());
      if (value.precision() > decimal.precision()) {
        throw in.wrong(value + " does not fit " + type.sql());
      }
      return Decimal.apply(value, decimal.precision(), decimal.scale());
    }
    return switch ((PrimitiveType) type) {
      case BOOLEAN -> in.readTruth();
      case INT, DATE -> decodeInt(in);
      case LONG, TIMESTAMP -> in.readSigned();
      case FLOAT -> decodeFloat(in);
      case DOUBLE -> decodeDouble(in);
      case STRING -> UTF8String.fromBytes(in.readBytes());
      case BYTES -> in.readBytes();
    };
  }

  private static int decodeInt(ByteReader in) {
    long value = in.readSigned();
    if (value != (int) value) {
      throw in.wrong(value + " does not fit 32 bits");
    }
    return (int) value;
  }

  static double decodeDouble(ByteReader in) {
    long bits = in.readLong();
    double value = Double.longBitsToDouble(bits);
    if (bits == Long.MIN_VALUE || Double.doubleToLongBits(value) != bits) {
      throw in.wrong("a zero carries a sign or a NaN is not the one");
    }
    return value;
  }

  private static float decodeFloat(ByteReader in) {
    int bits = (int) in.readTail(4);
    float value = Float.intBitsToFloat(bits);
    if (bits == Integer.MIN_VALUE || Float.floatToIntBits(value) != bits) {
      throw in.wrong("a zero carries a sign or a NaN is not the one");
    }
    return value;
  }
}
