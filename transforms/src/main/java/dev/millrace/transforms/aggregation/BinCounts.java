package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;

/**
 * How many numbers lie below the first bound, in each {@code [bound, next bound)}, and from the
 * last bound up, where NaN is too; zeros for no rows. Bytes: each count.
 *
 * @param bounds finite, strictly ascending, one or more
 */
record BinCounts(DataType input, List<Double> bounds) implements GroupAggregation<long[]> {
  @Override
  public long[] zero() {
    return new long[bounds.size() + 1];
  }

  @Override
  public void add(long[] accumulator, SpecializedGetters row, int ordinal) {
    if (row.isNullAt(ordinal)) {
      return;
    }
    double number = Numbers.read(input, row, ordinal) + 0.0;
    int found = Collections.binarySearch(bounds, number);
    int bin = found < 0 ? -found - 1 : found + 1;
    boolean rounded = found >= 0 && Numbers.isBelow(input, row, ordinal, number);
    accumulator[rounded ? bin - 1 : bin]++;
  }

  @Override
  public void merge(long[] into, long[] from) {
    for (int i = 0; i < into.length; i++) {
      into[i] += from[i];
    }
  }

  @Override
  public void subtract(long[] from, long[] part) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= part[i];
    }
  }

  @Override
  public Object present(long[] accumulator, long time) {
    Object[] counts = new Object[accumulator.length];
    java.util.Arrays.setAll(counts, i -> accumulator[i]);
    return new GenericArrayData(counts);
  }

  @Override
  public void encode(long[] accumulator, ByteWriter out) {
    for (long count : accumulator) {
      out.writeUnsigned(count);
    }
  }

  @Override
  public long[] decode(ByteReader in) {
    long[] counts = zero();
    java.util.Arrays.setAll(counts, i -> in.readCount());
    return counts;
  }

  @Override
  public DataType resultType() {
    return new ArrayType(PrimitiveType.LONG);
  }
}
