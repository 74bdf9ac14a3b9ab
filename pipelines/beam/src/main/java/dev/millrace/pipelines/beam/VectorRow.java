package dev.millrace.pipelines.beam;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import java.math.BigDecimal;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Rows of Catalyst's from the columns that Delta's library reads. */
final class VectorRow {
  private VectorRow() {}

  /**
   * One row of a batch.
   *
   * @param columns where in the batch each value stands
   */
  static InternalRow of(ColumnarBatch batch, int[] columns, int row) {
    Object[] values = new Object[columns.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(batch.getColumnVector(columns[i]), row);
    }
    return new GenericInternalRow(values);
  }

  private static @Nullable Object value(ColumnVector vector, int row) {
    if (vector.isNullAt(row)) {
      return null;
    }
    DataType type = vector.getDataType();
    if (type instanceof DecimalType decimal) {
      BigDecimal value = vector.getDecimal(row);
      return Decimal.apply(value, decimal.getPrecision(), decimal.getScale());
    }
    if (type instanceof ArrayType) {
      ArrayValue array = vector.getArray(row);
      Object[] elements = new Object[array.getSize()];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = value(array.getElements(), i);
      }
      return new GenericArrayData(elements);
    }
    if (type instanceof StructType struct) {
      Object[] fields = new Object[struct.length()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = value(vector.getChild(i), row);
      }
      return new GenericInternalRow(fields);
    }
    if (type instanceof BooleanType) {
      return vector.getBoolean(row);
    }
    if (type instanceof ByteType) {
      return (int) vector.getByte(row);
    }
    if (type instanceof ShortType) {
      return (int) vector.getShort(row);
    }
    if (type instanceof IntegerType || type instanceof DateType) {
      return vector.getInt(row);
    }
    if (type instanceof FloatType) {
      return vector.getFloat(row);
    }
    if (type instanceof DoubleType) {
      return vector.getDouble(row);
    }
    if (type instanceof StringType) {
      return UTF8String.fromString(vector.getString(row));
    }
    return type instanceof BinaryType ? vector.getBinary(row) : (Object) vector.getLong(row);
  }
}
