package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.LatestEvents;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;

/** Which times the keys of a spine are asked for at, where they are few enough to be held. */
final class RequestTimes implements Serializable {
  private static final long serialVersionUID = 1;

  /** A time and a key of a few words each take a hundred bytes at every worker, and events too. */
  private static final int MOST_REQUESTS = 1_000_000;

  private static final long MOST_BYTES = 64L << 20;

  private final KeyNumbers keys;
  private final long[] times;
  private final int[] starts;

  /**
   * @param keys the keys, numbered
   * @param times each key's times, ascending, in the keys' order
   * @param starts where each key's times begin, and after the last where they end
   */
  private RequestTimes(KeyNumbers keys, long[] times, int[] starts) {
    this.keys = keys;
    this.times = times;
    this.starts = starts;
  }

  /**
   * The times of a spine.
   *
   * @param keysAndTime its keys, then the time
   * @return empty where they are too many
   */
  static Optional<RequestTimes> of(Dataset<Row> keysAndTime) {
    String[] columns = keysAndTime.columns();
    int keys = columns.length - 1;
    Column known =
        Arrays.stream(columns)
            .map(name -> WindowedRows.quoted(name).isNotNull())
            .reduce(functions.lit(true), Column::and);
    Dataset<Row> requests = keysAndTime.filter(known);
    BigInteger bytes = requests.queryExecution().optimizedPlan().stats().sizeInBytes().bigInteger();
    if (bytes.compareTo(BigInteger.valueOf(MOST_BYTES)) > 0) {
      return Optional.empty();
    }
    InternalRow[] rows =
        requests.limit(MOST_REQUESTS + 1).queryExecution().executedPlan().executeCollect();
    if (rows.length > MOST_REQUESTS) {
      return Optional.empty();
    }
    UnsafeProjection keyOf = keyOf(requests, keys);
    KeyNumbers numbers = new KeyNumbers();
    List<Ascending> grouped = new ArrayList<>();
    for (InternalRow row : rows) {
      int number = numbers.number(keyOf.apply(row));
      if (number == grouped.size()) {
        grouped.add(new Ascending());
      }
      grouped.get(number).add(row.getLong(keys));
    }
    long[] times = new long[rows.length];
    int[] starts = new int[grouped.size() + 1];
    for (int number = 0; number < grouped.size(); number++) {
      long[] of = grouped.get(number).distinct();
      System.arraycopy(of, 0, times, starts[number], of.length);
      starts[number + 1] = starts[number] + of.length;
    }
    return Optional.of(
        new RequestTimes(numbers, Arrays.copyOf(times, starts[grouped.size()]), starts));
  }

  /** Takes the first columns of rows as a key. */
  private static UnsafeProjection keyOf(Dataset<Row> rows, int keys) {
    return UnsafeProjection.create(
        IntStream.range(0, keys)
            .mapToObj(at -> rows.schema().apply(at).dataType())
            .toArray(DataType[]::new));
  }

  /** The number of a key; negative where it is not asked for. */
  int number(UnsafeRow key) {
    return keys.find(key);
  }

  /** Looks for the latest events at the times of all keys, by their numbers. */
  LatestEvents latest(List<WindowedAggregation> values) {
    return new LatestEvents(values, times, starts);
  }

  /** A list of primitives. */
  private static final class Ascending {
    private long[] times = new long[4];
    private int size;

    void add(long time) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
      }
      times[size++] = time;
    }

    long[] distinct() {
      return Arrays.stream(times, 0, size).sorted().distinct().toArray();
    }
  }
}
