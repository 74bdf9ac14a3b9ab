package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Micros;
import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final long MINUTE = 60_000_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  @Test
  void choosesTheLargestHopThatIsAtMostTwoPercentOfTheLength() {
    assertThat(Window.minutes(50)).isEqualTo(new Window("50m", 50 * MINUTE, MINUTE));
    assertThat(Window.hours(1)).isEqualTo(new Window("1h", HOUR, MINUTE));
    assertThat(Window.minutes(249).hop()).isEqualTo(MINUTE);
    assertThat(Window.minutes(250).hop()).isEqualTo(5 * MINUTE);
    assertThat(Window.hours(24)).isEqualTo(new Window("24h", DAY, 5 * MINUTE));
    assertThat(Window.days(1)).isEqualTo(new Window("1d", DAY, 5 * MINUTE));
    assertThat(Window.hours(49).hop()).isEqualTo(5 * MINUTE);
    assertThat(Window.hours(50).hop()).isEqualTo(HOUR);
    assertThat(Window.days(7)).isEqualTo(new Window("7d", 7 * DAY, HOUR));
    assertThat(Window.days(49).hop()).isEqualTo(HOUR);
    assertThat(Window.days(50).hop()).isEqualTo(DAY);
    assertThat(Window.days(100)).isEqualTo(new Window("100d", 100 * DAY, DAY));
  }

  @Test
  void aShortWindowNeedsAHop() {
    assertThatThrownBy(() -> Window.minutes(49))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Window '49m' has no hop: with the least one, a minute, it would be more than 2 % too "
                + "long. Give one, as in minutes(49, Duration.ofSeconds(58)).");
    assertThatThrownBy(() -> Window.minutes(1))
        .hasMessageEndingWith("Give one, as in minutes(1, Duration.ofSeconds(1)).");
    assertThat(Window.minutes(49, Duration.ofSeconds(58)))
        .isEqualTo(new Window("49m", 49 * MINUTE, 58_000_000));
    assertThat(Window.minutes(1, Duration.ofMinutes(1)))
        .isEqualTo(new Window("1m", MINUTE, MINUTE));
  }

  @Test
  void aHopCanBeGiven() {
    assertThat(Window.hours(24).withHop(Duration.ofHours(1)))
        .isEqualTo(new Window("24h", DAY, HOUR));
    assertThat(Window.hours(1).withHop(Duration.ofNanos(1_000)))
        .isEqualTo(new Window("1h", HOUR, 1));
  }

  @Test
  void refusesAWindowThatLooksNowhere() {
    assertThatThrownBy(() -> Window.hours(0))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Window '0h' has a length of PT0S: a window looks back over time that has passed. "
                + "Give a positive length.");
    assertThatThrownBy(() -> Window.days(-1))
        .hasMessageStartingWith("Window '-1d' has a length of");
    assertThatThrownBy(() -> Window.minutes(0, Duration.ofSeconds(1)))
        .hasMessageStartingWith("Window '0m' has a length of PT0S:");
  }

  @Test
  void refusesAHopThatDoesNotFit() {
    assertThatThrownBy(() -> Window.hours(1).withHop(Duration.ofHours(2)))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Window '1h' has a hop of PT2H: a hop is positive and at most the window's length of "
                + "PT1H. Give a hop between the two, or none to have it chosen.");
    assertThatThrownBy(() -> Window.hours(1).withHop(Duration.ZERO))
        .hasMessageStartingWith("Window '1h' has a hop of PT0S:");
    assertThatThrownBy(() -> Window.days(7).withHop(Duration.ofSeconds(-1)))
        .hasMessageStartingWith("Window '7d' has a hop of PT-1S:");
    assertThatThrownBy(() -> Window.lifetime().withHop(Duration.ZERO))
        .hasMessageContaining("at most the window's length of PT640511947H");
  }

  @Test
  void startsAtTheHopThatTheExactStartFallsInto() {
    Window window = new Window("w", 10, 4);
    assertThat(window.start(10)).isZero();
    assertThat(window.start(13)).isZero();
    assertThat(window.start(14)).isEqualTo(4);
    assertThat(window.start(9)).isEqualTo(-4);
    assertThat(Window.hours(1).start(micros("2024-03-31T02:00:59.999999Z")))
        .isEqualTo(micros("2024-03-31T01:00:00Z"));
    assertThat(Window.hours(1).start(micros("2024-03-31T02:01:00Z")))
        .isEqualTo(micros("2024-03-31T01:01:00Z"));
  }

  @Test
  void hopsStartOnTheClockBeforeTheEpochToo() {
    assertThat(Window.days(7).start(micros("1900-01-08T00:30:00Z")))
        .isEqualTo(micros("1900-01-01T00:00:00Z"));
    assertThat(Window.days(7).start(micros("1900-01-08T00:00:00Z") - 1))
        .isEqualTo(micros("1899-12-31T23:00:00Z"));
    assertThat(Window.days(100).start(micros("9999-12-31T23:59:59.999999Z")))
        .isEqualTo(micros("9999-09-22T00:00:00Z"));
  }

  @Test
  void aLifetimeHasNoStart() {
    Window lifetime = Window.lifetime();
    assertThat(lifetime.isLifetime()).isTrue();
    assertThat(lifetime.name()).isEqualTo("all");
    assertThat(lifetime.start(micros("1900-01-01T00:00:00Z"))).isEqualTo(Long.MIN_VALUE);
    assertThat(lifetime.withHop(Duration.ofDays(1)).start(0)).isEqualTo(Long.MIN_VALUE);
    assertThat(Window.days(100).isLifetime()).isFalse();
  }

  @Property
  void isLongerThanItsLengthByLessThanAHop(
      @ForAll @IntRange(min = 1, max = 9_000) int hours,
      @ForAll @LongRange(min = -2_300_000_000_000_000L, max = 253_402_300_799_999_999L) long time) {
    Window window = Window.hours(hours);
    assertThat(time - window.start(time))
        .isBetween(window.length(), window.length() + window.hop() - 1);
    assertThat(Math.floorMod(window.start(time), window.hop())).isZero();
    assertThat(window.hop() * 50).isLessThanOrEqualTo(window.length());
  }

  private static long micros(String instant) {
    return Micros.of(Instant.parse(instant));
  }
}
