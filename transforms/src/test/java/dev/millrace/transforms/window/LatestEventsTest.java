package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatestEventsTest {
  private static final List<Window> WINDOWS =
      List.of(
          Window.hours(1),
          Window.hours(3).exact(),
          Window.lifetime(),
          Window.minutes(90).withHop(Duration.ofMinutes(7)));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsKeptOfEachPartGivesTheValuesOfAll(long seed) {
    Random random = new Random(seed);
    List<WindowedAggregation> latest = RandomEvents.latest(WINDOWS);
    long step = Window.SECOND * 60;
    List<NaiveWindows.Event> events = RandomEvents.draw(random, 600, 0, step);
    long end = events.get(events.size() - 1).time();
    long[] times =
        random
            .longs(1 + random.nextInt(40), -step, end + step)
            .map(time -> random.nextBoolean() ? time : events.get((int) (time & 511)).time())
            .sorted()
            .distinct()
            .toArray();
    List<NaiveWindows.Event> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, random);
    List<NaiveWindows.Event> kept = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      // Between keys that are asked for at other times.
      LatestEvents of =
          new LatestEvents(
              latest, around(times), new int[] {0, 1, times.length + 1, times.length + 2});
      for (NaiveWindows.Event event : shuffled.subList(part * 200, part * 200 + 200)) {
        of.add(1, event.time(), event.time(), event.row());
      }
      of.forEach(row -> kept.add(new NaiveWindows.Event(row.getLong(3), row)));
    }
    kept.sort(Comparator.comparingLong(NaiveWindows.Event::time));
    assertThat(kept).hasSizeLessThanOrEqualTo(3 * times.length).hasSizeLessThan(events.size());
    for (long time : times) {
      for (WindowedAggregation window : latest) {
        assertThat(NaiveWindows.value(window, kept, time))
            .as("%s at %s", window.feature(), time)
            .isEqualTo(NaiveWindows.value(window, events, time));
      }
    }
  }

  private static long[] around(long[] times) {
    long[] all = new long[times.length + 2];
    all[0] = Long.MAX_VALUE;
    System.arraycopy(times, 0, all, 1, times.length);
    all[all.length - 1] = Long.MIN_VALUE;
    return all;
  }

  @Test
  void keepsARowThatIsUsedAgain() {
    LatestEvents of =
        new LatestEvents(RandomEvents.latest(WINDOWS), new long[] {10}, new int[] {0, 1});
    NaiveWindows.Event event = RandomEvents.draw(new Random(3), 1, 0, 1).get(0);
    InternalRow row = event.row().copy();
    row.update(2, org.apache.spark.unsafe.types.UTF8String.fromString("kept"));
    of.add(0, 5, 5, row);
    row.setNullAt(2);
    of.add(0, 6, 6, row);
    List<String> kept = new ArrayList<>();
    of.forEach(each -> kept.add(each.getUTF8String(2).toString()));
    assertThat(kept).containsExactly("kept");
  }

  @Test
  void refusesValuesOfOtherEvents() {
    List<WindowedAggregation> all = RandomEvents.over(WINDOWS);
    assertThatThrownBy(() -> new LatestEvents(all, new long[0], new int[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are the latest event's");
  }
}
