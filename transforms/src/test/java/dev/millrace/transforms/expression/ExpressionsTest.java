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
import dev.millrace.transforms.type.VectorType;
import java.util.List;
import java.util.Locale;
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
        "format_string('%s', b)                   | format_string() of a binary",
        "printf('%d %s', delay, array(delay))     | printf() of a array<bigint>",
        "format_string('%s', map('a', 1))         | format_string() of a map<string,int>",
        "format_string('%s', struct(delay))       | format_string() of a struct<delay:bigint>",
        "to_csv(named_struct('b', b))             | to_csv() of a binary",
        "to_csv(named_struct('x', array(delay)))  | to_csv() of a array<bigint>",
        "to_json(array(map(b, 1)))                | to_json() of a binary",
      })
  void refusesTextOfWhereAValueLies(String text, String part) {
    Schema bytes = FLIGHT.and(List.of(new Column("b", PrimitiveType.BYTES)));
    assertThat(Expressions.check(text, "feature 'f'", bytes, problems)).isEmpty();
    assertThatThrownBy(problems::throwIfAny)
        .hasMessage(
            "'"
                + text
                + "' in feature 'f' of feature view 'delays' uses "
                + part
                + ": it prints where that lies in this JVM's memory and not what it holds. "
                + "Turn it into text first, with hex(...), to_json(...) or cast(... as string).");
  }

  @Test
  void textOfOtherValuesIsTheSameEverywhere() {
    Schema bytes = FLIGHT.and(List.of(new Column("b", PrimitiveType.BYTES)));
    for (String text :
        List.of(
            "format_string('%s %s %s', delay, origin, hex(b))",
            "to_csv(named_struct('d', delay, 't', date))",
            "to_json(named_struct('b', b, 'm', map(origin, b)))")) {
      assertThat(Expressions.check(text, "feature 'f'", bytes, problems))
          .isEqualTo(Optional.of(PrimitiveType.STRING));
    }
    problems.throwIfAny();
  }

  @Test
  void refusesASortInWhichZerosHaveNoPlace() {
    Schema vector = FLIGHT.and(List.of(new Column("v", new VectorType(2))));
    Expressions.check("sort_array(v)", "feature 'f'", vector, problems);
    Expressions.check("sort_array(array(1D, 2D))", "feature 'f'", vector, problems);
    Expressions.check("sort_array(array(1, 2))", "feature 'f'", vector, problems);
    Expressions.check("array_sort(v)", "feature 'f'", vector, problems);
    Expressions.check("sort_array(v, false)", "feature 'f'", vector, problems);
    assertThatThrownBy(problems::throwIfAny)
        .hasMessageStartingWith("2 problems in ")
        .hasMessageContaining(
            "'sort_array(v)' in feature 'f' of feature view 'delays' uses sort_array() of numbers that are"
                + " never null: which of 0.0 and -0.0 comes first there depends on whether it is compiled. "
                + "Write array_sort(...).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "az", "lt-LT"})
  void refusesLettersOfTheLocale(String tag) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(tag));
    try {
      Schema schema = Schema.of(new Column("s_" + tag, PrimitiveType.STRING));
      String name = Expressions.quoted("s_" + tag);
      for (String text : List.of("upper(%s)", "lower(%s)", "initcap(%s)", "%s ilike 'a%%'")) {
        Problems found = new Problems("feature view 'delays'");
        Expressions.check(text.formatted(name), "feature 'f'", schema, found);
        assertThatThrownBy(found::throwIfAny)
            .hasMessageContaining(
                "() in a JVM of the locale "
                    + tag
                    + ": small and capital letters are others there, so that two JVMs would disagree. Start this"
                    + " JVM, and each that runs a part of the plan, with -Duser.language=en.");
      }
      assertThat(Expressions.check("trim(" + name + ")", "feature 'f'", schema, problems))
          .isPresent();
    } finally {
      Locale.setDefault(before);
    }
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
