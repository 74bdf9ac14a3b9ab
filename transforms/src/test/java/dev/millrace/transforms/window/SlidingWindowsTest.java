package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.window.Purchases.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel gives what adding up all events of the window from nothing gives. */
class SlidingWindowsTest {
  private static final long YEAR_1900 = -2_208_988_800_000_000L;
  private static final long HOUR = 3_600_000_000L;

  @ParameterizedTest
  @ValueSource(longs = {0, -100, YEAR_1900, 253_402_300_000_000_000L})
  void agreesWithTheNaiveMeaning(long from) {
    List<WindowedAggregation> all =
        Purchases.everythingOver(
            new Window("hop divides", 12, 4),
            new Window("hop does not", 10, 3),
            new Window("one hop", 7, 7),
            new Window("exact", 20, 1),
            Window.lifetime());
    SlidingWindows sliding = new SlidingWindows(all);
    Random random = new Random(from);
    for (int key = 0; key < 40; key++) {
      sliding.clear();
      follow(sliding, all, from, random);
    }
  }

  /** One key's events and questions in the order of time; at equal times the question is first. */
  private static void follow(
      SlidingWindows sliding, List<WindowedAggregation> all, long from, Random random) {
    long[] steps = {1, 1, 2, 3, 4, 7, 10, 12, 20, 1_000};
    List<Event> events = new ArrayList<>();
    long time = from;
    for (int i = 0; i < 50; i++) {
      time += steps[random.nextInt(steps.length)];
      for (int questions = random.nextInt(3); questions > 0; questions--) {
        assertThat(Purchases.comparable(present(sliding, all.size(), time)))
            .isEqualTo(Purchases.comparable(Purchases.naively(all, events, time)));
      }
      for (int ties = random.nextInt(4); ties > 0; ties--) {
        Event event = Purchases.event(time, random);
        sliding.add(event.time(), event.row());
        events.add(event);
      }
    }
  }

  @Test
  void agreesWithTheNaiveMeaningOverEverydayWindows() {
    List<WindowedAggregation> all =
        Purchases.everythingOver(Window.hours(1), Window.hours(24), Window.days(7));
    SlidingWindows sliding = new SlidingWindows(all);
    Random random = new Random(3);
    List<Event> events = new ArrayList<>();
    long time = YEAR_1900;
    for (int i = 0; i < 400; i++) {
      time += random.nextInt(10) == 0 ? HOUR * random.nextInt(400) : random.nextLong(HOUR / 2);
      if (i % 3 == 0) {
        time = Window.floor(time, HOUR) + HOUR;
        assertThat(Purchases.comparable(present(sliding, all.size(), time)))
            .isEqualTo(Purchases.comparable(Purchases.naively(all, events, time)));
      }
      Event event = Purchases.event(time, random);
      sliding.add(event.time(), event.row());
      events.add(event);
    }
  }

  @Test
  void seesFromTheStartOfTheHopToBeforeTheTime() {
    SlidingWindows count = counting(new Window("w", 10, 5));
    count.add(0, Purchases.event(0, 1.0, 1L, "a").row());
    count.add(5, Purchases.event(5, 1.0, 1L, "a").row());
    count.add(9, Purchases.event(9, 1.0, 1L, "a").row());
    assertThat(present(count, 1, 14)).containsExactly(3L);
    assertThat(present(count, 1, 15)).containsExactly(2L);
    assertThat(present(count, 1, 19)).containsExactly(2L);
    assertThat(present(count, 1, 20)).containsExactly(0L);
  }

  @Test
  void anEventIsNotInTheWindowAtItsOwnTime() {
    SlidingWindows count = counting(new Window("w", 10, 5));
    assertThat(present(count, 1, 7)).containsExactly(0L);
    count.add(7, Purchases.event(7, 1.0, 1L, "a").row());
    assertThat(present(count, 1, 8)).containsExactly(1L);
  }

  @Test
  void writesItsValuesFromTheOffsetOn() {
    SlidingWindows count = counting(new Window("w", 10, 5));
    @Nullable Object[] row = {"key", null, "after"};
    count.present(0, row, 1);
    assertThat(row).containsExactly("key", 0L, "after");
  }

  @Test
  void isEmptyOnceTheLongestWindowIs() {
    SlidingWindows count = counting(new Window("short", 2, 1), new Window("long", 10, 5));
    assertThat(count.isEmpty()).isTrue();
    count.add(3, Purchases.event(3, 1.0, 1L, "a").row());
    assertThat(count.isEmpty()).isFalse();
    assertThat(present(count, 2, 14)).containsExactly(0L, 1L);
    assertThat(count.isEmpty()).isFalse();
    assertThat(present(count, 2, 15)).containsExactly(0L, 0L);
    assertThat(count.isEmpty()).isTrue();
  }

  @Test
  void aLifetimeIsNeverEmptyAgain() {
    SlidingWindows count = counting(Window.lifetime());
    count.add(YEAR_1900, Purchases.event(YEAR_1900, 1.0, 1L, "a").row());
    assertThat(present(count, 1, 253_402_300_000_000_000L)).containsExactly(1L);
    assertThat(count.isEmpty()).isFalse();
  }

  @Test
  void clearForgetsAKeyWhoseTimeWasLater() {
    SlidingWindows count = counting(new Window("w", 10, 5), Window.lifetime());
    count.add(1_000, Purchases.event(1_000, 1.0, 1L, "a").row());
    count.clear();
    assertThat(count.isEmpty()).isTrue();
    count.add(3, Purchases.event(3, 1.0, 1L, "a").row());
    assertThat(present(count, 2, 4)).containsExactly(1L, 1L);
  }

  private static SlidingWindows counting(Window... windows) {
    return new SlidingWindows(
        Arrays.stream(windows)
            .map(window -> Purchases.over(window, Aggregations.count("items"), 1))
            .toList());
  }

  private static List<@Nullable Object> present(SlidingWindows sliding, int size, long time) {
    @Nullable Object[] values = new @Nullable Object[size];
    sliding.present(time, values, 0);
    return Arrays.asList(values);
  }
}
