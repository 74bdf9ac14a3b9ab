package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * The sum of floats or doubles: exact inside, rounded once when it is read.
 *
 * @param isRunning whether accumulators are made to be looked at after every few rows
 */
record FloatingSum(DataType input, boolean isRunning) implements SumAggregation<DoubleSum> {
  FloatingSum(DataType input) {
    this(input, false);
  }

  @Override
  public DoubleSum zero() {
    return isRunning ? new RunningSum() : new ExactSum();
  }

  @Override
  public FloatingSum running() {
    return new FloatingSum(input, true);
  }

  @Override
  public void add(DoubleSum accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      accumulator.add(
          input == PrimitiveType.FLOAT ? row.getFloat(ordinal) : row.getDouble(ordinal));
    }
  }

  @Override
  public void merge(DoubleSum into, DoubleSum from) {
    into.exact().merge(from.exact());
  }

  @Override
  public void subtract(DoubleSum from, DoubleSum part) {
    from.exact().subtract(part.exact());
  }

  @Override
  public boolean hasMarks() {
    return true;
  }

  @Override
  public int mark(DoubleSum accumulator, long[] marks, int at, int room) {
    return accumulator.mark(marks, at, room);
  }

  @Override
  public void presentSince(DoubleSum all, long[] marks, int at, InternalRow into, int ordinal) {
    if (all.countSince(marks, at) == 0) {
      into.setNullAt(ordinal);
    } else {
      into.setDouble(ordinal, all.totalSince(marks, at));
    }
  }

  @Override
  public long countSince(DoubleSum all, long[] marks, int at) {
    return all.countSince(marks, at);
  }

  @Override
  public double totalSince(DoubleSum all, long[] marks, int at) {
    return all.totalSince(marks, at);
  }

  @Override
  public long count(DoubleSum accumulator) {
    return accumulator.count();
  }

  @Override
  public @Nullable Object present(DoubleSum accumulator, long time) {
    return accumulator.count() == 0 ? null : (Object) accumulator.total();
  }

  @Override
  public double total(DoubleSum accumulator) {
    return accumulator.total();
  }

  @Override
  public void encode(DoubleSum accumulator, ByteWriter out) {
    accumulator.exact().encode(out);
  }

  @Override
  public DoubleSum decode(ByteReader in) {
    return ExactSum.decode(in);
  }

  @Override
  public void mergeEncoded(DoubleSum into, ByteReader in) {
    into.exact().mergeEncoded(in);
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.DOUBLE;
  }
}
