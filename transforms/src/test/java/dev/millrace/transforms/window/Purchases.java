package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Events of one key for tests, and what any window over them must give, worked out naively. */
final class Purchases {
  private static final List<DataType> TYPES =
      List.of(PrimitiveType.DOUBLE, PrimitiveType.LONG, PrimitiveType.STRING);

  private Purchases() {}

  record Event(long time, GenericInternalRow row) {}

  static Event event(long time, @Nullable Double amount, @Nullable Long items, String shop) {
    @Nullable Object[] values = {amount, items, UTF8String.fromString(shop)};
    return new Event(time, new GenericInternalRow(values));
  }

  static Event event(long time, Random random) {
    double[] amounts = {1e16, -1e16, 1, 0.1, Double.NaN, -0.0, Double.MIN_VALUE, 12.34};
    Double amount = random.nextInt(9) == 0 ? null : (Double) amounts[random.nextInt(8)];
    Long items = random.nextInt(9) == 0 ? null : (Long) random.nextLong();
    return event(time, amount, items, "shop" + random.nextInt(20));
  }

  /** An aggregation of the input at {@code ordinal}: 0 the amount, 1 the items, 2 the shop. */
  static WindowedAggregation over(Window window, AggregateCall call, int ordinal) {
    Aggregation<?> aggregation = Aggregations.bind(call, List.of(TYPES.get(ordinal)));
    return new WindowedAggregation(call, aggregation, ordinal, window);
  }

  /** One of each kind of aggregation over each window. */
  static List<WindowedAggregation> everythingOver(Window... windows) {
    List<WindowedAggregation> all = new ArrayList<>();
    for (Window window : windows) {
      all.add(over(window, Aggregations.sum("amount"), 0));
      all.add(over(window, Aggregations.avg("amount"), 0));
      all.add(over(window, Aggregations.profile("amount"), 0));
      all.add(over(window, Aggregations.count("items"), 1));
      all.add(over(window, Aggregations.avg("items"), 1));
      all.add(over(window, Aggregations.max("items"), 1));
      all.add(over(window, Aggregations.min("shop"), 2));
      all.add(over(window, Aggregations.max("shop"), 2));
    }
    return all;
  }

  /** The same values with their bytes as text, so that equal ones are equal. */
  static List<@Nullable Object> comparable(List<@Nullable Object> values) {
    List<@Nullable Object> comparable = new ArrayList<>(values);
    comparable.replaceAll(
        value -> value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
    return comparable;
  }

  /** Adds up, from nothing, the events at or after the window's start and before the time. */
  static List<@Nullable Object> naively(
      List<WindowedAggregation> windows, List<Event> events, long time) {
    List<@Nullable Object> values = new ArrayList<>();
    for (WindowedAggregation window : windows) {
      values.add(naively(window, window.aggregation(), events, time));
    }
    return values;
  }

  private static <AccT> @Nullable Object naively(
      WindowedAggregation window, Aggregation<AccT> aggregation, List<Event> events, long time) {
    AccT accumulator = aggregation.zero();
    for (Event event : events) {
      if (event.time >= window.window().start(time) && event.time < time) {
        aggregation.add(accumulator, event.row, window.ordinal());
      }
    }
    return aggregation.present(accumulator, time);
  }
}
