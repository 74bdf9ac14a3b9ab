package dev.millrace.transforms.aggregation;

import org.apache.spark.sql.catalyst.InternalRow;

/** How many values a sum is of: what {@link Count} gives, read from a sum's accumulators. */
record SumCount<SumT>(SumAggregation<SumT> sum) implements MarkReader<SumT> {
  @Override
  public Object present(SumT accumulator, long time) {
    return sum.count(accumulator);
  }

  @Override
  public void presentSince(SumT all, long[] marks, int at, InternalRow into, int ordinal) {
    into.setLong(ordinal, sum.countSince(all, marks, at));
  }
}
