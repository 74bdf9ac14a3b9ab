package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** What windows mean, said the long way: pick the events of the window from the list of all. */
final class NaiveWindows {
  record Event(long time, InternalRow row) {}

  private NaiveWindows() {}

  static @Nullable Object value(WindowedAggregation of, List<Event> events, long time) {
    return value(of.aggregation(), of.ordinal(), inWindow(of.window(), events, time), time);
  }

  private static <AccT> @Nullable Object value(
      Aggregation<AccT> aggregation, int ordinal, List<Event> events, long time) {
    AccT accumulator = aggregation.zero();
    events.forEach(event -> aggregation.add(accumulator, event.row, ordinal));
    return aggregation.present(accumulator, time);
  }

  /** Events in the order of time; those at {@code time} or after it are not seen. */
  static List<Event> inWindow(Window window, List<Event> events, long time) {
    List<Event> before = events.stream().filter(event -> event.time < time).toList();
    return switch (window.kind()) {
      case LIFETIME -> before;
      case SLIDING -> {
        long start = Math.floorDiv(time - window.length(), window.hop()) * window.hop();
        yield before.stream().filter(event -> event.time >= start).toList();
      }
      case SESSION -> {
        List<Event> session = new ArrayList<>();
        long next = time;
        for (int i = before.size() - 1; i >= 0; i--) {
          if (next - before.get(i).time >= window.length()) {
            break;
          }
          next = before.get(i).time;
          session.add(0, before.get(i));
        }
        yield session;
      }
    };
  }
}
