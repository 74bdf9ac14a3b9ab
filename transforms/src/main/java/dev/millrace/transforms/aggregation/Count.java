package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** Counts values that are not null. */
record Count() implements MarkedAggregation<Count.Total> {
  static final class Total {
    long rows;
  }

  @Override
  public Total zero() {
    return new Total();
  }

  @Override
  public void add(Total accumulator, SpecializedGetters row, int ordinal) {
    if (!row.isNullAt(ordinal)) {
      accumulator.rows++;
    }
  }

  @Override
  public void merge(Total into, Total from) {
    into.rows += from.rows;
  }

  @Override
  public void subtract(Total from, Total part) {
    from.rows -= part.rows;
  }

  @Override
  public boolean hasMarks() {
    return true;
  }

  @Override
  public int mark(Total accumulator, long[] marks, int at, int room) {
    if (room > 0) {
      marks[at] = accumulator.rows;
    }
    return 1;
  }

  @Override
  public void presentSince(Total all, long[] marks, int at, InternalRow into, int ordinal) {
    into.setLong(ordinal, all.rows - marks[at]);
  }

  @Override
  public Object present(Total accumulator, long time) {
    return accumulator.rows;
  }

  @Override
  public void encode(Total accumulator, ByteWriter out) {
    out.writeUnsigned(accumulator.rows);
  }

  @Override
  public Total decode(ByteReader in) {
    Total total = new Total();
    total.rows = in.readCount();
    return total;
  }

  @Override
  public void mergeEncoded(Total into, ByteReader in) {
    into.rows += in.readCount();
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.LONG;
  }
}
