package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import java.util.Comparator;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * The <i>k</i> values seen most often, most often first; of values seen equally often, the one with
 * the smaller canonical bytes is first.
 */
record MostFrequent(Tally.Kind kind, int most) implements Aggregation<Tally> {
  private static final Comparator<Map.Entry<byte[], Long>> MOST_OFTEN_FIRST =
      Map.Entry.comparingByValue(Comparator.reverseOrder());

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
    // The sort is stable, and the values come in the order of their bytes.
    Object[] values =
        kind.seen(accumulator).entrySet().stream()
            .sorted(MOST_OFTEN_FIRST)
            .limit(most)
            .map(each -> kind.value(each.getKey()))
            .toArray();
    return values.length == 0 ? null : new GenericArrayData(values);
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
    return new ArrayType(kind.type());
  }
}
