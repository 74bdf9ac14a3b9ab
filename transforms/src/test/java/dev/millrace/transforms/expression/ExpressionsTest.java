package dev.millrace.transforms.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionsTest {
  private static final Schema FLIGHT =
      Schema.of(
          new Column("date", PrimitiveType.TIMESTAMP),
          new Column("delay", PrimitiveType.LONG),
          new Column("origin", PrimitiveType.STRING));

  private final Problems problems = new Problems("feature view 'delays'");

  @Test
  void tellsTheTypeOfAnExpression() {
    Map<String, DataType> types =
        Map.of(
            "delay", PrimitiveType.LONG,
            "delay >= 15", PrimitiveType.BOOLEAN,
            "if(delay >= 15, 1.0, 0.0)", new DecimalType(2, 1),
            "cast(delay as double) / 60", PrimitiveType.DOUBLE,
            "timestampadd(MINUTE, delay, date)", PrimitiveType.TIMESTAMP,
            "date_trunc('DAY', date)", PrimitiveType.TIMESTAMP,
            "to_date(date)", PrimitiveType.DATE,
            "hour(date)", PrimitiveType.INT,
            "upper(origin)", PrimitiveType.STRING);
    types.forEach(
        (text, type) ->
            assertThat(Expressions.check(text, "feature 'f'", FLIGHT, problems))
                .as(text)
                .isEqualTo(Optional.of(type)));
    problems.throwIfAny();
  }

  @Test
  void suggestsTheColumnThatWasMeant() {
    assertThat(Expressions.check("avg_of + delya", "feature 'f'", FLIGHT, problems)).isEmpty();
    assertThatThrownBy(problems::throwIfAny)
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            "2 problems in feature view 'delays':\n"
                + "  - Cannot resolve column 'avg_of' in 'avg_of + delya', feature 'f' of feature view 'delays': "
                + "known are [date, delay, origin].\n"
                + "  - Cannot resolve column 'delya' in 'avg_of + delya', feature 'f' of feature view 'delays': "
                + "known are [date, delay, origin]. Did you mean 'delay'?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rand()",
        "uuid()",
        "current_timestamp()",
        "now()",
        "current_date()",
        "delay + rand(7)",
        "date'today'",
        "date > timestamp 'now'",
        "cast(' Tomorrow' as date)",
        "date > 'yesterday'",
        "aes_encrypt(origin, 'abcdefghijklmnop')",
        "current_user()",
        "unix_timestamp()",
        "shuffle(array(1, 2))"
      })
  void refusesWhatDependsOnTheRun(String text) {
    assertThat(Expressions.check(text, "feature 'f'", FLIGHT, problems)).isEmpty();
    assertThatThrownBy(problems::throwIfAny)
        .hasMessageContaining("depends on the run and not on the row")
        .hasMessageContaining("Use the event time or another column.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delay +            | Cannot parse 'delay +' in feature 'f'",
        "origin + date      | Cannot resolve 'origin + date' in feature 'f'",
        "no_such(delay)     | Cannot resolve function 'no_such' in 'no_such(delay)', feature 'f'",
        "sum(delay) over () | takes more than one row",
        "sum(delay)         | takes more than one row",
        "map('a', 1)        | Millrace stores no such type",
      })
  void saysWhatIsWrongWithAnExpression(String text, String message) {
    assertThat(Expressions.check(text, "feature 'f'", FLIGHT, problems)).isEmpty();
    assertThatThrownBy(problems::throwIfAny).hasMessageContaining(message);
  }

  @Test
  void aConditionIsBoolean() {
    Expressions.checkCondition("delay", "where", FLIGHT, problems);
    assertThatThrownBy(problems::throwIfAny)
        .hasMessage(
            "'delay' in where of feature view 'delays' is no condition: it is of type bigint. "
                + "Write a comparison, such as 'delay > 0'.");
  }
}
