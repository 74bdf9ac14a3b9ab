package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;

/**
 * The <i>k</i> values that come first in an order: the first, last, smallest or largest, with
 * repetitions. The inputs are the value, the key where another column ranks, and the event time
 * where it is asked; a row with a null among them is left out.
 *
 * <p>Bytes: how many, then each in order as key (where another column ranks), time (where it is
 * asked) and value.
 *
 * @param key the type of what ranks
 * @param most how many are kept, 1 or more
 * @param single whether the value is the first alone, and not an array of all
 */
record Ranked(DataType value, DataType key, RankOrder order, int most, boolean single)
    implements LatestAggregation<List<RankedValue>> {
  @Override
  public boolean isLatest() {
    return order.equals(RankOrder.LAST) && single;
  }

  @Override
  public List<RankedValue> zero() {
    return new ArrayList<>(single ? 1 : 4);
  }

  @Override
  public void add(List<RankedValue> accumulator, SpecializedGetters row, int ordinal) {
    int keyAt = order.isByAnother() ? ordinal + 1 : ordinal;
    int timeAt = keyAt + 1;
    if (row.isNullAt(ordinal) || row.isNullAt(keyAt) || (order.isTimed() && row.isNullAt(timeAt))) {
      return;
    }
    Object read = Values.read(value, row, ordinal);
    Object ranking = order.isByAnother() ? Values.read(key, row, keyAt) : read;
    offer(
        accumulator,
        new RankedValue(value, read, ranking, order.isTimed() ? row.getLong(timeAt) : 0));
  }

  private void offer(List<RankedValue> best, RankedValue offered) {
    boolean full = best.size() == most;
    if (full && order.compare(offered, best.get(most - 1)) >= 0) {
      return;
    }
    if (full && most == 1) {
      best.set(0, offered);
      return;
    }
    if (full) {
      best.remove(most - 1);
    }
    int found = Collections.binarySearch(best, offered, order::compare);
    best.add(found < 0 ? -found - 1 : found, offered);
  }

  @Override
  public void merge(List<RankedValue> into, List<RankedValue> from) {
    from.forEach(each -> offer(into, each));
  }

  @Override
  public @Nullable Object present(List<RankedValue> accumulator, long time) {
    if (accumulator.isEmpty()) {
      return null;
    }
    return single
        ? accumulator.get(0).value()
        : new GenericArrayData(accumulator.stream().map(RankedValue::value).toArray());
  }

  @Override
  public void encode(List<RankedValue> accumulator, ByteWriter out) {
    out.writeUnsigned(accumulator.size());
    for (RankedValue each : accumulator) {
      if (order.isByAnother()) {
        Values.encode(key, each.key(), out);
      }
      if (order.isTimed()) {
        out.writeSigned(each.time());
      }
      each.encode(out);
    }
  }

  @Override
  public List<RankedValue> decode(ByteReader in) {
    long size = in.readCount();
    if (size > most) {
      throw in.wrong("more values than are kept");
    }
    List<RankedValue> read = zero();
    for (int i = 0; i < size; i++) {
      @Nullable Object ranking = order.isByAnother() ? Values.decode(key, in) : null;
      long time = order.isTimed() ? in.readSigned() : 0;
      Object each = Values.decode(value, in);
      read.add(new RankedValue(value, each, ranking == null ? each : ranking, time));
      if (i > 0 && order.compare(read.get(i - 1), read.get(i)) > 0) {
        throw in.wrong("values are not in order");
      }
    }
    return read;
  }

  @Override
  public DataType resultType() {
    return single ? value : new ArrayType(value);
  }
}
