package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** The smallest or the largest value in the type's order. */
record Extreme(DataType input, boolean largest) implements Aggregation<Extreme.Best> {
  static final class Best {
    private @Nullable Object value;
  }

  @Override
  public Best zero() {
    return new Best();
  }

  @Override
  public void add(Best accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      offer(accumulator, Values.read(input, row, ordinal));
    }
  }

  private void offer(Best accumulator, Object value) {
    Object best = accumulator.value;
    if (best == null || (Values.compare(value, best) > 0) == largest) {
      accumulator.value = value;
    }
  }

  @Override
  public void merge(Best into, Best from) {
    if (from.value != null) {
      offer(into, from.value);
    }
  }

  @Override
  public @Nullable Object present(Best accumulator, long time) {
    return accumulator.value;
  }

  @Override
  public void encode(Best accumulator, ByteWriter out) {
    Object value = accumulator.value;
    out.writeByte(value == null ? 0 : 1);
    if (value != null) {
      Values.encode(input, value, out);
    }
  }

  @Override
  public Best decode(ByteReader in) {
    Best best = new Best();
    if (in.readTruth()) {
      best.value = Values.decode(input, in);
    }
    return best;
  }

  @Override
  public DataType resultType() {
    return input;
  }
}
