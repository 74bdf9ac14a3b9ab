package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** The sum of floats or doubles: exact inside, rounded once when it is read. */
record FloatingSum(DataType input) implements SumAggregation<ExactSum> {
  @Override
  public ExactSum zero() {
    return new ExactSum();
  }

  @Override
  public void add(ExactSum accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      accumulator.add(
          input == PrimitiveType.FLOAT ? row.getFloat(ordinal) : row.getDouble(ordinal));
    }
  }

  @Override
  public void merge(ExactSum into, ExactSum from) {
    into.merge(from);
  }

  @Override
  public void subtract(ExactSum from, ExactSum part) {
    from.subtract(part);
  }

  @Override
  public boolean hasMarks() {
    return true;
  }

  @Override
  public int mark(ExactSum accumulator, long[] marks, int at, int room) {
    return accumulator.mark(marks, at, room);
  }

  @Override
  public void presentSince(ExactSum all, long[] marks, int at, InternalRow into, int ordinal) {
    if (all.countSince(marks, at) == 0) {
      into.setNullAt(ordinal);
    } else {
      into.setDouble(ordinal, all.totalSince(marks, at));
    }
  }

  @Override
  public long countSince(ExactSum all, long[] marks, int at) {
    return all.countSince(marks, at);
  }

  @Override
  public double totalSince(ExactSum all, long[] marks, int at) {
    return all.totalSince(marks, at);
  }

  @Override
  public long count(ExactSum accumulator) {
    return accumulator.count();
  }

  @Override
  public @Nullable Object present(ExactSum accumulator, long time) {
    return accumulator.count() == 0 ? null : (Object) accumulator.total();
  }

  @Override
  public double total(ExactSum accumulator) {
    return accumulator.total();
  }

  @Override
  public void encode(ExactSum accumulator, ByteWriter out) {
    accumulator.encode(out);
  }

  @Override
  public ExactSum decode(ByteReader in) {
    return ExactSum.decode(in);
  }

  @Override
  public void mergeEncoded(ExactSum into, ByteReader in) {
    into.mergeEncoded(in);
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.DOUBLE;
  }
}
