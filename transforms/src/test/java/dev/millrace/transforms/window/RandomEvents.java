package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Seeded events of one key: a double, a long and a text, each sometimes null, on and off edges. */
final class RandomEvents {
  private static final double[] HARD = {
    1e16, 1, -1e16, -0.0, 0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 0.1
  };
  private static final List<AggregateCall> OF_DOUBLES =
      List.of(
          Aggregations.sum("d"),
          Aggregations.avg("d"),
          Aggregations.min("d"),
          Aggregations.max("d"),
          Aggregations.count("d"));
  private static final List<AggregateCall> OF_LONGS =
      List.of(Aggregations.sum("l"), Aggregations.avg("l"), Aggregations.min("l"));
  private static final List<AggregateCall> OF_TEXTS =
      List.of(Aggregations.max("s"), Aggregations.count("s"));

  private RandomEvents() {}

  /** Every aggregation over every window. */
  static List<WindowedAggregation> over(List<Window> windows) {
    List<WindowedAggregation> all = new ArrayList<>();
    for (Window window : windows) {
      OF_DOUBLES.forEach(call -> all.add(bound(call, PrimitiveType.DOUBLE, 0, window)));
      OF_LONGS.forEach(call -> all.add(bound(call, PrimitiveType.LONG, 1, window)));
      OF_TEXTS.forEach(call -> all.add(bound(call, PrimitiveType.STRING, 2, window)));
      all.add(timed(Aggregations.first("s"), window));
    }
    all.addAll(latest(windows));
    return all;
  }

  /** The latest value over every window. */
  static List<WindowedAggregation> latest(List<Window> windows) {
    return windows.stream().map(window -> timed(Aggregations.last("s"), window)).toList();
  }

  private static WindowedAggregation bound(
      AggregateCall call, PrimitiveType type, int ordinal, Window window) {
    return bound(call, List.of(type), ordinal, window);
  }

  private static WindowedAggregation timed(AggregateCall call, Window window) {
    return bound(call, List.of(PrimitiveType.STRING, PrimitiveType.TIMESTAMP), 2, window);
  }

  private static WindowedAggregation bound(
      AggregateCall call, List<DataType> types, int ordinal, Window window) {
    return new WindowedAggregation(
        call + " over " + window, call, Aggregations.bind(call, types), ordinal, window);
  }

  /** Events from {@code from} on, in order, {@code step} apart on average. */
  static List<NaiveWindows.Event> draw(Random random, int count, long from, long step) {
    List<NaiveWindows.Event> events = new ArrayList<>();
    long time = from;
    for (int i = 0; i < count; i++) {
      time += pause(random, step);
      if (random.nextInt(5) == 0) {
        time = Window.floor(time + Window.SECOND * 60, Window.SECOND * 60);
      }
      events.add(new NaiveWindows.Event(time, row(random, time)));
    }
    return events;
  }

  static long pause(Random random, long step) {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> step * 4;
      default -> (long) (random.nextDouble() * step);
    };
  }

  private static InternalRow row(Random random, long time) {
    Object number =
        random.nextInt(4) == 0 ? (Object) HARD[random.nextInt(HARD.length)] : random.nextGaussian();
    return new GenericInternalRow(
        new Object[] {
          random.nextInt(9) == 0 ? null : number,
          random.nextInt(9) == 0 ? null : (Object) (random.nextLong() >> 8),
          random.nextInt(9) == 0 ? null : UTF8String.fromString("s" + random.nextInt(50)),
          time
        });
  }
}
