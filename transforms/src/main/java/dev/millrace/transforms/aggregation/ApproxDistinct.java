package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** An estimate of how many different values there are, 0 for no rows; see {@link HyperLogLog}. */
record ApproxDistinct(DataType input, int precision) implements Aggregation<HyperLogLog> {
  @Override
  public HyperLogLog zero() {
    return new HyperLogLog(precision);
  }

  @Override
  public void add(HyperLogLog accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      Values.encode(input, row, ordinal, accumulator.next());
      accumulator.add();
    }
  }

  @Override
  public void merge(HyperLogLog into, HyperLogLog from) {
    into.merge(from);
  }

  @Override
  public Object present(HyperLogLog accumulator, long time) {
    return accumulator.estimate();
  }

  @Override
  public void encode(HyperLogLog accumulator, ByteWriter out) {
    accumulator.encode(out);
  }

  @Override
  public HyperLogLog decode(ByteReader in) {
    return HyperLogLog.decode(precision, in);
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.LONG;
  }
}
