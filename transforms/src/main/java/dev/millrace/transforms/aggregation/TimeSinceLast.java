package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Microseconds from the latest event with a value to the time that is asked for. The inputs are the
 * value and the event time. Bytes: 0 for no rows; 1, then the latest event time.
 */
record TimeSinceLast() implements Aggregation<TimeSinceLast.Latest> {
  static final class Latest {
    private boolean known;
    private long time = Long.MIN_VALUE;
  }

  @Override
  public Latest zero() {
    return new Latest();
  }

  @Override
  public void add(Latest accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal) && !row.isNullAt(ordinal + 1)) {
      accumulator.known = true;
      accumulator.time = Math.max(accumulator.time, row.getLong(ordinal + 1));
    }
  }

  @Override
  public void merge(Latest into, Latest from) {
    into.known |= from.known;
    into.time = Math.max(into.time, from.time);
  }

  @Override
  public @Nullable Object present(Latest accumulator, long time) {
    return accumulator.known ? (Object) Math.subtractExact(time, accumulator.time) : null;
  }

  @Override
  public void encode(Latest accumulator, ByteWriter out) {
    out.writeByte(accumulator.known ? 1 : 0);
    if (accumulator.known) {
      out.writeSigned(accumulator.time);
    }
  }

  @Override
  public Latest decode(ByteReader in) {
    Latest latest = new Latest();
    latest.known = in.readTruth();
    if (latest.known) {
      latest.time = in.readSigned();
    }
    return latest;
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.LONG;
  }
}
