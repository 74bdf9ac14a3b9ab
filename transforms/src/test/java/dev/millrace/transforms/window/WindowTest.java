package dev.millrace.transforms.window;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(problem(Window.hours(0)))
        .isEqualTo(
            "Window '0h' of feature 'f' has a length of PT0S: a window looks back over time that has passed. "
                + "Give a positive length.");
    assertThat(problem(Window.days(-1)))
        .isEqualTo(
            "Window '-1d' of feature 'f' has a length of PT-24H: a window looks back over time that has passed. "
                + "Give a positive length.");
    assertThat(problem(Window.hours(1).withHop(Duration.ofHours(2))))
        .isEqualTo(
            "Window '1h' of feature 'f' has a hop of PT2H: a hop is positive and at most the window's length of "
                + "PT1H. Give a hop between the two, or none to have it chosen.");
    assertThat(problem(Window.hours(1).withHop(Duration.ZERO)))
        .isEqualTo(
            "Window '1h' of feature 'f' has a hop of PT0S: a hop is positive and at most the window's length of "
                + "PT1H. Give a hop between the two, or none to have it chosen.");
    assertThat(problem(Window.days(Integer.MAX_VALUE)))
        .isEqualTo(
            "Window '2147483647d' of feature 'f' is longer than 10,000 years: no event is that old. "
                + "Use Window.lifetime().");
    assertThat(problem(Window.days(-213_503_982)))
        .startsWith("Window '-213503982d' of feature 'f' has a length of PT-");
    assertThat(problem(Window.hours(1).withHop(Duration.ofDays(-213_503_982))))
        .startsWith("Window '1h' of feature 'f' has a hop of PT-");
    assertThat(problem(Window.session(Duration.ZERO)))
        .isEqualTo(
            "Window 'session_0s' of feature 'f' has a gap of PT0S: a session ends when nothing happens for a "
                + "while. Give a positive gap.");
    assertThat(problem(Window.lifetime().withHop(Duration.ofHours(1))))
        .isEqualTo(
            "Window 'all' of feature 'f' takes no hop: a lifetime has no tail that moves. Leave the hop away.");
    assertThat(problem(Window.session(Duration.ofHours(1)).withHop(Duration.ofHours(1))))
        .isEqualTo(
            "Window 'session_1h' of feature 'f' takes no hop: a session's tail is its first event. "
                + "Leave the hop away.");
  }

  private static String problem(Window window) {
    return window.problem("feature 'f'").orElseThrow().message();
  }
}
