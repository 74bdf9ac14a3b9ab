package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.StructType;
import dev.millrace.transforms.type.VectorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * Values made of values. Their canonical bytes:
 *
 * <pre>
 *   array     how many elements, then each
 *   struct    each field
 *   vector    4 bytes a float
 *   an element or a field    0 for null; 1, then its own bytes
 * </pre>
 */
final class NestedValues {
  private NestedValues() {}

  static boolean isNested(DataType type) {
    return type instanceof ArrayType || type instanceof StructType || type instanceof VectorType;
  }

  /** A copy of the value at {@code ordinal} whose every part is read as {@link Values} does. */
  static Object read(DataType type, SpecializedGetters row, int ordinal) {
    if (type instanceof StructType struct) {
      int size = struct.fields().size();
      InternalRow from = row.getStruct(ordinal, size);
      return new GenericInternalRow(parts(types(struct), from));
    }
    ArrayData from = row.getArray(ordinal);
    int size = from.numElements();
    if (type instanceof VectorType vector) {
      checkDense(vector, from);
    }
    return new GenericArrayData(parts(Collections.nCopies(size, element(type)), from));
  }

  private static void checkDense(VectorType vector, ArrayData from) {
    for (int i = 0; i < from.numElements(); i++) {
      if (from.isNullAt(i)) {
        throw misshapen(vector, "with a null at place " + i);
      }
    }
    if (from.numElements() != vector.size()) {
      throw misshapen(vector, "of " + from.numElements() + " floats");
    }
  }

  private static MillraceException misshapen(VectorType vector, String found) {
    return MillraceException.because(
        "A value " + found + " is no " + vector.sql(),
        "a vector is dense, and all of a column have one size",
        "Filter such rows, or cast them in the source");
  }

  private static @Nullable Object[] parts(List<DataType> types, SpecializedGetters from) {
    @Nullable Object[] parts = new @Nullable Object[types.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = from.isNullAt(i) ? null : Values.read(types.get(i), from, i);
    }
    return parts;
  }

  static void encode(DataType type, Object value, ByteWriter out) {
    if (value instanceof InternalRow row && type instanceof StructType struct) {
      write(types(struct), row, out);
      return;
    }
    ArrayData array = (ArrayData) value;
    int size = array.numElements();
    if (type instanceof VectorType) {
      for (int i = 0; i < size; i++) {
        Values.encode(PrimitiveType.FLOAT, Values.read(PrimitiveType.FLOAT, array, i), out);
      }
    } else {
      out.writeUnsigned(size);
      write(Collections.nCopies(size, element(type)), array, out);
    }
  }

  private static void write(List<DataType> types, SpecializedGetters parts, ByteWriter out) {
    for (int i = 0; i < types.size(); i++) {
      out.writeByte(parts.isNullAt(i) ? 0 : 1);
      if (!parts.isNullAt(i)) {
        Values.encode(types.get(i), Values.read(types.get(i), parts, i), out);
      }
    }
  }

  static Object decode(DataType type, ByteReader in) {
    List<@Nullable Object> parts = new ArrayList<>();
    if (type instanceof VectorType vector) {
      for (int i = 0; i < vector.size(); i++) {
        parts.add(Values.decode(PrimitiveType.FLOAT, in));
      }
    } else if (type instanceof StructType struct) {
      types(struct).forEach(each -> parts.add(readPart(each, in)));
      return new GenericInternalRow(parts.toArray());
    } else {
      long size = in.readCount();
      for (long i = 0; i < size; i++) {
        parts.add(readPart(element(type), in));
      }
    }
    return new GenericArrayData(parts.toArray());
  }

  private static @Nullable Object readPart(DataType type, ByteReader in) {
    return in.readTruth() ? Values.decode(type, in) : null;
  }

  private static List<DataType> types(StructType struct) {
    return struct.fields().stream().map(Column::type).toList();
  }

  private static DataType element(DataType type) {
    return type instanceof ArrayType array ? array.element() : PrimitiveType.FLOAT;
  }
}
