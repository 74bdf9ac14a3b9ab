package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnyOrderWindowsTest {
  private static final List<Window> WINDOWS =
      List.of(
          Window.hours(1),
          Window.hours(24),
          Window.minutes(90).withHop(Duration.ofMinutes(7)),
          Window.hours(3).exact(),
          Window.lifetime());

  private record Known(NaiveWindows.Event event, long seenAfter) {}

  /** Half of the events are known at once, others up to half of all the time later. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aValueIsThatOfTheListOfItsKnownEvents(long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> windows = RandomEvents.over(WINDOWS);
    KeyWindows anyOrder = KeyWindows.over(windows, false);
    long step = Window.SECOND * 60 * (1 + random.nextInt(20));
    for (int key = 0; key < 2; key++) {
      List<NaiveWindows.Event> events = RandomEvents.draw(random, 300, 0, step);
      long end = events.get(events.size() - 1).time();
      List<Known> known = new ArrayList<>();
      for (NaiveWindows.Event event : events) {
        long later = random.nextBoolean() ? 0 : (long) (random.nextDouble() * end / 2);
        known.add(new Known(event, event.time() + later));
      }
      known.sort(Comparator.comparingLong(Known::seenAfter));
      anyOrder.clear();
      int taken = 0;
      for (long time = 0; time <= end * 2; time += 1 + (long) (random.nextDouble() * step * 4)) {
        while (taken < known.size() && known.get(taken).seenAfter < time) {
          anyOrder.add(known.get(taken).event.time(), known.get(taken++).event.row());
        }
        List<NaiveWindows.Event> seen =
            known.subList(0, taken).stream()
                .map(Known::event)
                .sorted(Comparator.comparingLong(NaiveWindows.Event::time))
                .toList();
        Object[] values = new Object[windows.size()];
        anyOrder.present(time, new GenericInternalRow(values), 0);
        List<Object> expected = new ArrayList<>();
        for (WindowedAggregation window : windows) {
          expected.add(NaiveWindows.value(window, seen, time));
        }
        assertThat(values).as("key %s at %s", key, time).containsExactly(expected.toArray());
        assertThat(anyOrder.isEmpty()).isEqualTo(seen.isEmpty());
      }
    }
  }

  @Test
  void refusesSessions() {
    List<WindowedAggregation> sessions =
        RandomEvents.over(List.of(Window.session(Duration.ofHours(1))));
    assertThatThrownBy(() -> KeyWindows.over(sessions, false)).hasMessageContaining("session");
  }
}
