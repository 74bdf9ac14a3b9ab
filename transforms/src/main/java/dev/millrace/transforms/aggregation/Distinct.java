package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * The different values, exactly: how many, 0 for no rows, or the values themselves, null for no
 * rows, ascending where the type has an order and by canonical bytes where not.
 */
record Distinct(Tally.Kind kind, boolean collected) implements Aggregation<Tally> {
  @Override
  public Tally zero() {
    return new Tally();
  }

  @Override
  public void add(Tally accumulator, SpecializedGetters row, int ordinal) {
    kind.add(accumulator, row, ordinal);
  }

  @Override
  public void merge(Tally into, Tally from) {
    kind.merge(into, from);
  }

  @Override
  public @Nullable Object present(Tally accumulator, long time) {
    int size = kind.seen(accumulator).size();
    if (!collected) {
      return (long) size;
    }
    Object[] values = kind.seen(accumulator).keySet().stream().map(kind::value).toArray();
    if (Values.isOrdered(kind.type())) {
      java.util.Arrays.sort(values, Values::compare);
    }
    return size == 0 ? null : new GenericArrayData(values);
  }

  @Override
  public void encode(Tally accumulator, ByteWriter out) {
    kind.encode(accumulator, out);
  }

  @Override
  public Tally decode(ByteReader in) {
    return kind.decode(in);
  }

  @Override
  public DataType resultType() {
    return collected ? new ArrayType(kind.type()) : PrimitiveType.LONG;
  }
}
