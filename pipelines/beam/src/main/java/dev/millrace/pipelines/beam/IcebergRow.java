package dev.millrace.pipelines.beam;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.iceberg.StructLike;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** A row's values as Iceberg partitions by them, and compares them. */
final class IcebergRow implements StructLike {
  private final StructType type;
  private @Nullable InternalRow row;

  IcebergRow(StructType type) {
    this.type = type;
  }

  /** The same, of another row. */
  IcebergRow of(InternalRow other) {
    row = other;
    return this;
  }

  @Override
  public int size() {
    return type.length();
  }

  @Override
  public <T> @Nullable T get(int place, Class<T> wanted) {
    InternalRow mine = Objects.requireNonNull(row);
    return mine.isNullAt(place)
        ? null
        : wanted.cast(value(mine.get(place, type.fields()[place].dataType())));
  }

  private static Object value(Object value) {
    if (value instanceof UTF8String text) {
      return text.toString();
    }
    if (value instanceof Decimal number) {
      return number.toJavaBigDecimal();
    }
    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }

  @Override
  public <T> void set(int place, T value) {
    throw new UnsupportedOperationException("a row that is read");
  }
}
