package dev.millrace.pipelines.beam;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** A row's values as Iceberg partitions by them, and compares them. */
final class IcebergRow implements StructLike {
  private final Types.StructType type;
  private final StructType held;
  private @Nullable InternalRow row;

  /** Of rows that Catalyst has for a table's columns. */
  IcebergRow(Types.StructType type) {
    this.type = type;
    this.held = (StructType) SparkSchemaUtil.convert(type);
  }

  /** The same, of another row. */
  IcebergRow of(InternalRow other) {
    row = other;
    return this;
  }

  @Override
  public int size() {
    return held.length();
  }

  @Override
  public <T> @Nullable T get(int place, Class<T> wanted) {
    InternalRow mine = Objects.requireNonNull(row);
    return mine.isNullAt(place)
        ? null
        : wanted.cast(
            value(
                type.fields().get(place).type(), mine.get(place, held.fields()[place].dataType())));
  }

  private static Object value(Type type, Object value) {
    if (value instanceof UTF8String text) {
      return type.typeId() == Type.TypeID.UUID ? UUID.fromString(text.toString()) : text.toString();
    }
    if (value instanceof Decimal number) {
      return number.toJavaBigDecimal();
    }
    if (value instanceof InternalRow fields) {
      return new IcebergRow(type.asStructType()).of(fields);
    }
    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }

  @Override
  public <T> void set(int place, T value) {
    throw new UnsupportedOperationException("a row that is read");
  }
}
