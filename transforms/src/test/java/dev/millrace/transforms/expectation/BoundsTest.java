package dev.millrace.transforms.expectation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Bounds.Past;
import dev.millrace.transforms.expectation.Bounds.Within;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundsTest {
  private static final Instant NOON = Instant.parse("2024-03-01T12:00:00Z");

  private static Past past(Double... earlier) {
    return new Past(List.of(earlier), NOON);
  }

  private static Rule.Metric rule(Expectation expectation) {
    return (Rule.Metric) expectation.rule();
  }

  @Test
  void deviationsAreOfASample() {
    Within usual = new Bounds.Deviations(3, 3).given(past(1.0, 2.0, 3.0));
    assertThat(usual.least()).isCloseTo(-1, within(1e-12));
    assertThat(usual.most()).isCloseTo(5, within(1e-12));
  }

  @Test
  void equalNumbersDeviateByNothing() {
    Within usual = new Bounds.Deviations(3, 2).given(past(0.1, 0.1, 0.1));
    assertThat(usual).isEqualTo(new Within(0.1, 0.1));
  }

  @Test
  void anythingIsUsualWhileRunsAreFew() {
    Past two = past(1.0, Double.NaN, 2.0);
    assertThat(new Bounds.Deviations(3, 3).given(two)).isEqualTo(Within.ANY);
    assertThat(new Bounds.Deviations(3, 2).given(two)).isNotEqualTo(Within.ANY);
    assertThat(new Bounds.Ratio(0.5, 2).given(past(Double.NaN))).isEqualTo(Within.ANY);
  }

  @Test
  void aRatioIsToTheLastRun() {
    assertThat(new Bounds.Ratio(0.5, 2).given(past(7.0, 10.0))).isEqualTo(new Within(5, 20));
    assertThat(new Bounds.Ratio(0.5, 2).given(past(-10.0))).isEqualTo(new Within(-20, -5));
    assertThat(new Bounds.Ratio(0.5, 2).given(past(0.0))).isEqualTo(new Within(0, 0));
  }

  @Test
  void aRatioIsTheDecimalThatWasWritten() {
    assertThat(new Bounds.Ratio(0.5, 1.15).given(past(100.0))).isEqualTo(new Within(50, 115));
    assertThat(new Bounds.Ratio(0.55, 2).given(past(100.0)).least()).isEqualTo(55);
    // A third of what is not there in full: the bounds lie within.
    assertThat(new Bounds.Ratio(0.1, 0.1 + 1e-9).given(past(0.3)))
        .isEqualTo(new Within(0.03, Math.nextDown(0.3 * (0.1 + 1e-9))));
  }

  @Test
  void aRatioToAnyNumberIsOfTwoNumbers() {
    Bounds any = new Bounds.Ratio(0, Double.POSITIVE_INFINITY);
    for (double last :
        List.of(0.0, 1.0, -1.0, Double.MAX_VALUE, -Double.MAX_VALUE, Double.POSITIVE_INFINITY)) {
      assertThat(any.given(past(last)).holds(last)).as("%s", last).isTrue();
      assertThat(new Bounds.Ratio(0.5, 2).given(past(last)).holds(last)).as("%s", last).isTrue();
    }
  }

  @Test
  void noValueIsWithinNoBounds() {
    for (Bounds bounds :
        List.of(
            Within.ANY,
            new Bounds.Deviations(3, 2),
            new Bounds.Ratio(0, 9),
            new Bounds.Age(Duration.ofHours(1)))) {
      assertThat(bounds.given(past()).holds(Double.NaN)).isFalse();
    }
  }

  @Test
  void breachesSayWhatWasExpectedAndWhatWas() {
    assertThat(
            rule(Expectations.usual("rows", Aggregations.count(), 3, 2)).breach(9, past(1.0, 3.0)))
        .isEqualTo(
            "rows is more than 3 deviations from its mean of earlier runs: 9,"
                + " not in [-2.2426406871192857, 6.242640687119286]");
    assertThat(rule(Expectations.steady("rows", Aggregations.count(), 0.5, 2)).breach(9, past(3.0)))
        .isEqualTo("rows is not 0.5 to 2 times what it was in the last run: 9, not in [1.5, 6]");
    assertThat(rule(Expectations.fresh("at", Duration.ofHours(2))).breach(1.7092908e15, past()))
        .isEqualTo("newest at is older than PT2H as of 2024-03-01T12:00:00Z: 2024-03-01T11:00:00Z");
  }

  @Test
  void boundsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new Bounds.Deviations(3, 1))
        .hasMessage("usual(3.0 deviations, 1 runs): it takes some, and two runs");
    assertThatThrownBy(() -> new Bounds.Ratio(2, 1))
        .hasMessage("steady(2.0, 1.0): the lower ratio comes first, and is 0 or more");
    assertThatThrownBy(() -> new Bounds.Age(Duration.ZERO))
        .hasMessage("fresh(PT0S): an age is longer than nothing");
  }
}
