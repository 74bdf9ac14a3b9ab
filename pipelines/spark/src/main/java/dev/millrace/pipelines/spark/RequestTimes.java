package dev.millrace.pipelines.spark;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
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
import org.jspecify.annotations.Nullable;

/** Which times the keys of a spine are asked for at, where they are few enough to be held. */
final class RequestTimes implements Serializable {
  private static final long serialVersionUID = 1;

  /** A time and a key of a few words each take a hundred bytes at every worker, and events too. */
  private static final int MOST_REQUESTS = 1_000_000;

  private static final long MOST_BYTES = 64L << 20;

  private final Map<UnsafeRow, long[]> times;

  private RequestTimes(Map<UnsafeRow, long[]> times) {
    this.times = times;
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
    Map<UnsafeRow, Ascending> grouped = new HashMap<>();
    for (InternalRow row : rows) {
      UnsafeRow key = keyOf.apply(row);
      Ascending of = grouped.get(key);
      if (of == null) {
        of = new Ascending();
        grouped.put(key.copy(), of);
      }
      of.add(row.getLong(keys));
    }
    Map<UnsafeRow, long[]> times = new HashMap<>();
    grouped.forEach((key, of) -> times.put(key, of.distinct()));
    return Optional.of(new RequestTimes(times));
  }

  /** Takes the first columns of rows as a key. */
  private static UnsafeProjection keyOf(Dataset<Row> rows, int keys) {
    return UnsafeProjection.create(
        IntStream.range(0, keys)
            .mapToObj(at -> rows.schema().apply(at).dataType())
            .toArray(DataType[]::new));
  }

  /** The times that a key is asked for at, ascending; null if it is not. */
  long @Nullable [] of(UnsafeRow key) {
    return times.get(key);
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
