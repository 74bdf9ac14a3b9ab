package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** The sum of the values that are not null, rounded once, divided by how many they are. */
record Average<SumT>(SumAggregation<SumT> sum) implements MarkedAggregation<SumT> {
  @Override
  public SumT zero() {
    return sum.zero();
  }

  @Override
  public void add(SumT accumulator, SpecializedGetters row, int ordinal) {
    sum.add(accumulator, row, ordinal);
  }

  @Override
  public void merge(SumT into, SumT from) {
    sum.merge(into, from);
  }

  @Override
  public void subtract(SumT from, SumT part) {
    sum.subtract(from, part);
  }

  @Override
  public Average<SumT> running() {
    return new Average<>(sum.running());
  }

  @Override
  public boolean hasMarks() {
    return sum.hasMarks();
  }

  @Override
  public int mark(SumT accumulator, long[] marks, int at, int room) {
    return sum.mark(accumulator, marks, at, room);
  }

  @Override
  public void presentSince(SumT all, long[] marks, int at, InternalRow into, int ordinal) {
    long count = sum.countSince(all, marks, at);
    if (count == 0) {
      into.setNullAt(ordinal);
    } else {
      into.setDouble(ordinal, quotient(sum.totalSince(all, marks, at), count));
    }
  }

  @Override
  public @Nullable Object present(SumT accumulator, long time) {
    long count = sum.count(accumulator);
    return count == 0 ? null : (Object) quotient(sum.total(accumulator), count);
  }

  /** A quotient that rounds to zero from below is 0.0 all the same. */
  private static double quotient(double total, long count) {
    return total / count + 0.0;
  }

  @Override
  public void encode(SumT accumulator, ByteWriter out) {
    sum.encode(accumulator, out);
  }

  @Override
  public SumT decode(ByteReader in) {
    return sum.decode(in);
  }

  @Override
  public void mergeEncoded(SumT into, ByteReader in) {
    sum.mergeEncoded(into, in);
  }

  @Override
  public String accumulates(AggregateCall call) {
    return SumReaders.accumulates(call);
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.DOUBLE;
  }
}
