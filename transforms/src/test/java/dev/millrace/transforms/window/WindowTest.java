package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WindowTest {
  @Test
  void theHopIsTheLargestWithAtMostTwoPercent() {
    assertThat(Window.minutes(49)).hasToString("49m, exact");
    assertThat(Window.minutes(50)).hasToString("50m, hop PT1M");
    assertThat(Window.hours(24)).hasToString("24h, hop PT5M");
    assertThat(Window.hours(50)).hasToString("50h, hop PT1H");
    assertThat(Window.days(50)).hasToString("50d, hop PT24H");
    assertThat(Window.days(50).exact()).hasToString("50d, exact");
    assertThat(Window.lifetime()).hasToString("all");
    assertThat(Window.session(Duration.ofMinutes(30))).hasToString("session_30m");
  }

  @Test
  void anExactWindowStartsToTheMicrosecond() {
    assertThat(Window.seconds(1).start(5_000_001)).isEqualTo(4_000_001);
    assertThat(Window.seconds(1).start(-1)).isEqualTo(-1_000_001);
    assertThat(Window.hours(1).start(-1)).isEqualTo(-3_660_000_000L);
  }

  @Test
  void refusesWhatIsNoWindow() {
    assertThatThrownBy(() -> Window.hours(0))
        .hasMessage(
            "Window '0h' has a length of PT0S: a window looks back over time that has passed. "
                + "Give a positive length.");
    assertThatThrownBy(() -> Window.days(-1))
        .hasMessage(
            "Window '-1d' has a length of PT-24H: a window looks back over time that has passed. "
                + "Give a positive length.");
    assertThatThrownBy(() -> Window.hours(1).withHop(Duration.ofHours(2)))
        .hasMessage(
            "Window '1h' has a hop of PT2H: a hop is positive and at most the window's length of "
                + "PT1H. Give a hop between the two, or none to have it chosen.");
    assertThatThrownBy(() -> Window.hours(1).withHop(Duration.ZERO))
        .hasMessage(
            "Window '1h' has a hop of PT0S: a hop is positive and at most the window's length of "
                + "PT1H. Give a hop between the two, or none to have it chosen.");
    assertThatThrownBy(() -> Window.days(Integer.MAX_VALUE))
        .hasMessage(
            "Window '2147483647d' is longer than 10,000 years: no event is that old. "
                + "Use Window.lifetime().");
    assertThatThrownBy(() -> Window.session(Duration.ZERO))
        .hasMessage(
            "Window 'session_0s' has a gap of PT0S: a session ends when nothing happens for a "
                + "while. Give a positive gap.");
    assertThatThrownBy(() -> Window.lifetime().withHop(Duration.ofHours(1)))
        .hasMessage(
            "Window 'all' takes no hop: a lifetime has no tail that moves. Leave the hop away.");
    assertThatThrownBy(() -> Window.session(Duration.ofHours(1)).exact())
        .hasMessage(
            "Window 'session_1h' takes no hop: a session's tail is its first event. "
                + "Leave the hop away.");
  }
}
