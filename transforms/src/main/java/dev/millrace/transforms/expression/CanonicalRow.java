package dev.millrace.transforms.expression;

import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of some columns of a row: one form for each value, with lengths, so that rows of equal
 * bytes are equal and rows have an order that depends on nothing else. All NaN are one; a zero
 * keeps its sign in whole rows, and has none among columns that rows are compared by.
 */
public final class CanonicalRow implements Serializable {
  private final int[] ordinals;
  private final DataType[] types;

  /** What is added to floating-point numbers: 0.0 makes one of both zeros, -0.0 changes nothing. */
  private final double zero;

  private CanonicalRow(int[] ordinals, DataType[] types, double zero) {
    this.ordinals = ordinals;
    this.types = types;
    this.zero = zero;
  }

  /** The bytes of these columns of rows of the schema, in this order. */
  public static CanonicalRow of(Schema schema, List<String> columns) {
    int[] ordinals = columns.stream().mapToInt(schema.names()::indexOf).toArray();
    DataType[] types =
        columns.stream()
            .map(name -> CatalystTypes.toCatalyst(schema.column(name).type()))
            .toArray(DataType[]::new);
    return new CanonicalRow(ordinals, types, 0.0);
  }

  /** The bytes of whole rows. */
  public static CanonicalRow of(Schema schema) {
    int[] ordinals = new int[schema.columns().size()];
    DataType[] types = new DataType[ordinals.length];
    for (int i = 0; i < ordinals.length; i++) {
      ordinals[i] = i;
      types[i] = CatalystTypes.toCatalyst(schema.columns().get(i).type());
    }
    return new CanonicalRow(ordinals, types, -0.0);
  }

  public byte[] bytes(InternalRow row) {
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < ordinals.length; i++) {
      write(row.isNullAt(ordinals[i]) ? null : row.get(ordinals[i], types[i]), types[i], out);
    }
    return out.toBytes();
  }

  private void write(@Nullable Object value, DataType type, ByteWriter out) {
    out.writeByte(value == null ? 0 : 1);
    if (value instanceof Double number) {
      out.writeLong(Double.doubleToLongBits(number + zero));
    } else if (value instanceof Float number) {
      out.writeTail(Float.floatToIntBits((float) (number + zero)), 4);
    } else if (value instanceof Boolean truth) {
      out.writeByte(truth ? 1 : 0);
    } else if (value instanceof UTF8String text) {
      out.writeBytes(text.getBytes());
    } else if (value instanceof byte[] bytes) {
      out.writeBytes(bytes);
    } else if (value instanceof Decimal decimal) {
      out.writeBytes(decimal.toJavaBigDecimal().unscaledValue().toByteArray());
    } else if (value instanceof Number number) {
      out.writeSigned(number.longValue());
    } else if (value instanceof InternalRow row && type instanceof StructType struct) {
      StructField[] fields = struct.fields();
      for (int i = 0; i < fields.length; i++) {
        DataType field = fields[i].dataType();
        write(row.isNullAt(i) ? null : row.get(i, field), field, out);
      }
    } else if (value instanceof ArrayData array
        && type instanceof org.apache.spark.sql.types.ArrayType elements) {
      out.writeUnsigned(array.numElements());
      for (int i = 0; i < array.numElements(); i++) {
        DataType element = elements.elementType();
        write(array.isNullAt(i) ? null : array.get(i, element), element, out);
      }
    } else if (value != null) {
      throw new IllegalArgumentException("no canonical bytes for a " + type.sql());
    }
  }
}
