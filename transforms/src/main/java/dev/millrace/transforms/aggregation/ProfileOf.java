package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.drift.ColumnProfile;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** The distribution of a number and of its nulls. */
record ProfileOf(DataType input) implements Aggregation<ColumnProfile> {
  @Override
  public ColumnProfile zero() {
    return new ColumnProfile();
  }

  @Override
  public void add(ColumnProfile accumulator, SpecializedGetters row, int ordinal) {
    if (row.isNullAt(ordinal)) {
      accumulator.addNull();
    } else {
      accumulator.add(Numbers.read(input, row, ordinal));
    }
  }

  @Override
  public void merge(ColumnProfile into, ColumnProfile from) {
    into.merge(from);
  }

  @Override
  public Object present(ColumnProfile accumulator, long time) {
    return accumulator.encode();
  }

  @Override
  public void encode(ColumnProfile accumulator, ByteWriter out) {
    out.writeBytes(accumulator.encode());
  }

  @Override
  public ColumnProfile decode(ByteReader in) {
    return ColumnProfile.decode(in.readBytes());
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.BYTES;
  }
}
