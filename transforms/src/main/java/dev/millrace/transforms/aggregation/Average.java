package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** The sum of the values that are not null, rounded once, divided by how many they are. */
record Average<SumT>(SumAggregation<SumT> sum) implements GroupAggregation<Average.Parts<SumT>> {
  static final class Parts<SumT> {
    private final SumT sum;
    private long count;

    Parts(SumT sum) {
      this.sum = sum;
    }
  }

  @Override
  public Parts<SumT> zero() {
    return new Parts<>(sum.zero());
  }

  @Override
  public void add(Parts<SumT> accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      accumulator.count++;
      sum.add(accumulator.sum, row, ordinal);
    }
  }

  @Override
  public void merge(Parts<SumT> into, Parts<SumT> from) {
    into.count += from.count;
    sum.merge(into.sum, from.sum);
  }

  @Override
  public void subtract(Parts<SumT> from, Parts<SumT> part) {
    from.count -= part.count;
    sum.subtract(from.sum, part.sum);
  }

  @Override
  public Parts<SumT> mark(Parts<SumT> accumulator) {
    Parts<SumT> mark = new Parts<>(sum.mark(accumulator.sum));
    mark.count = accumulator.count;
    return mark;
  }

  @Override
  public @Nullable Object present(Parts<SumT> accumulator, long time) {
    // A quotient that rounds to zero from below is 0.0 all the same.
    return accumulator.count == 0
        ? null
        : (Object) (sum.total(accumulator.sum) / accumulator.count + 0.0);
  }

  @Override
  public void encode(Parts<SumT> accumulator, ByteWriter out) {
    out.writeUnsigned(accumulator.count);
    sum.encode(accumulator.sum, out);
  }

  @Override
  public Parts<SumT> decode(ByteReader in) {
    long count = in.readCount();
    Parts<SumT> parts = new Parts<>(sum.decode(in));
    parts.count = count;
    return parts;
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.DOUBLE;
  }
}
