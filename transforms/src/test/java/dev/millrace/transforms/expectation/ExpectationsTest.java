package dev.millrace.transforms.expectation;

import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.satisfies;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
  private static final Schema FLIGHTS =
      Schema.of(
          new Column("origin", PrimitiveType.STRING),
          new Column("delay", PrimitiveType.LONG),
          new Column("odd `name`", PrimitiveType.LONG));

  @Test
  void aBreachFailsUnlessSaidOtherwise() {
    Expectation expectation = notNull("origin");
    assertThat(expectation.action()).isEqualTo(Action.FAIL);
    assertThat(expectation.orWarn().action()).isEqualTo(Action.WARN);
    assertThat(expectation.orQuarantine().action()).isEqualTo(Action.QUARANTINE);
    assertThat(expectation.orWarn().orFail()).isEqualTo(expectation);
    assertThat(expectation.orWarn().rule()).isEqualTo(expectation.rule());
  }

  @Test
  void rulesAreConditionsOfSparkSql() {
    assertThat(condition(notNull("origin"))).isEqualTo("`origin` is not null");
    assertThat(condition(between("delay", -120, 2000)))
        .isEqualTo("`delay` between -120.0D and 2000.0D");
    assertThat(condition(satisfies("delay > 0"))).isEqualTo("delay > 0");
  }

  @Test
  void conditionsCompile() {
    compiles(notNull("odd `name`"));
    compiles(between("odd `name`", -0.5, 0.5));
    compiles(between("delay", Double.NEGATIVE_INFINITY, 0));
    compiles(between("delay", -Double.MAX_VALUE, Double.POSITIVE_INFINITY));
    compiles(between("delay", -Double.MIN_VALUE, 1e300));
    compiles(satisfies("delay > 0 or origin = 'SFO'"));
  }

  @Test
  void breachesReadAsReasons() {
    assertThat(notNull("origin").rule().breach()).isEqualTo("origin is null");
    assertThat(between("delay", -120, 2000).rule().breach())
        .isEqualTo("delay is outside [-120, 2000]");
    assertThat(between("share", 0.25, 1e20).rule().breach())
        .isEqualTo("share is outside [0.25, 1.0E20]");
    assertThat(between("share", -0.0, Double.POSITIVE_INFINITY).rule().breach())
        .isEqualTo("share is outside [0, Infinity]");
    assertThat(satisfies("delay > 0").rule().breach()).isEqualTo("not (delay > 0)");
    assertThat(satisfies("delay > 0", "left early").rule().breach()).isEqualTo("left early");
    assertThat(unique("origin", "delay").rule().breach())
        .isEqualTo("duplicate of another row in (origin, delay)");
  }

  @Test
  void rulesNameTheirColumns() {
    assertThat(notNull("origin").rule().columns()).containsExactly("origin");
    assertThat(between("delay", 0, 1).rule().columns()).containsExactly("delay");
    assertThat(unique("origin", "delay").rule().columns()).containsExactly("origin", "delay");
    assertThat(satisfies("delay > 0").rule().columns()).isEmpty();
  }

  @Test
  void boundsMayBeEqualButNotTurnedAround() {
    assertThat(condition(between("delay", 1, 1))).isEqualTo("`delay` between 1.0D and 1.0D");
    assertThatThrownBy(() -> between("delay", 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("between(delay, 2.0, 1.0): the lower bound comes first");
    assertThatThrownBy(() -> between("delay", Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void uniqueTakesAColumn() {
    assertThatThrownBy(() -> unique())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unique(...) takes at least one column");
  }

  private static String condition(Expectation expectation) {
    return ((Rule.RowRule) expectation.rule()).condition();
  }

  private static void compiles(Expectation expectation) {
    Problems problems = new Problems("feature view 'delays'");
    Expressions.checkCondition(condition(expectation), "expectation", FLIGHTS, problems);
    problems.throwIfAny();
    assertThat(FLIGHTS.names()).containsAll(expectation.rule().columns());
  }
}
