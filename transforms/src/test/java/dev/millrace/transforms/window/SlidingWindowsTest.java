package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingWindowsTest {
  private static final List<Window> WINDOWS =
      List.of(
          Window.hours(1),
          Window.hours(24),
          Window.minutes(90).withHop(Duration.ofMinutes(7)),
          Window.minutes(10),
          Window.hours(3).exact(),
          Window.lifetime(),
          Window.session(Duration.ofMinutes(20)),
          Window.session(Duration.ofHours(2)));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aValueIsThatOfTheListOfItsEvents(long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> windows = RandomEvents.over(WINDOWS);
    SlidingWindows sliding = new SlidingWindows(windows);
    long step = Window.SECOND * 60 * (1 + random.nextInt(60));
    for (int key = 0; key < 3; key++) {
      long from = random.nextInt(3) * 1_700_000_000L * Window.SECOND - step * 100;
      List<NaiveWindows.Event> events = RandomEvents.draw(random, 400, from, step);
      sliding.clear();
      int taken = 0;
      long time = from;
      while (time <= events.get(events.size() - 1).time() + step * 10) {
        while (taken < events.size() && events.get(taken).time() < time) {
          sliding.add(events.get(taken).time(), events.get(taken++).row());
        }
        Object[] values = new Object[windows.size()];
        sliding.present(time, new GenericInternalRow(values), 0);
        List<Object> expected = new ArrayList<>();
        for (WindowedAggregation window : windows) {
          expected.add(NaiveWindows.value(window, events, time));
        }
        assertThat(values).as("key %s at %s", key, time).containsExactly(expected.toArray());
        long now = time;
        assertThat(sliding.isEmpty())
            .isEqualTo(
                WINDOWS.stream()
                    .allMatch(window -> NaiveWindows.inWindow(window, events, now).isEmpty()));
        boolean onAnEvent = taken < events.size() && random.nextInt(3) == 0;
        time =
            onAnEvent
                ? Math.max(time, events.get(taken).time() + random.nextInt(2))
                : time + 1 + RandomEvents.pause(random, step * 5);
      }
    }
  }
}
