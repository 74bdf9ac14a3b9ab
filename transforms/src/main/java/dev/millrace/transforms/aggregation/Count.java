package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** Counts values that are not null. */
record Count() implements GroupAggregation<Count.Total> {
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
  public Object presentSince(Total all, Total mark, long time) {
    return all.rows - mark.rows;
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
  public DataType resultType() {
    return PrimitiveType.LONG;
  }
}
