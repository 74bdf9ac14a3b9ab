package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.LONG;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.DefinitionException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FeatureViewTest {
  private static final Entity CUSTOMER = Entity.named("customer").key("customer", STRING);

  private static Source.Builder payments() {
    return Source.parquet("payments", "payments")
        .column("customer", STRING)
        .column("paid_at", TIMESTAMP)
        .column("amount", DOUBLE)
        .eventTime("paid_at");
  }

  private static FeatureView.Builder spend(Source source) {
    return FeatureView.named("spend").entity(CUSTOMER).from(source);
  }

  @Test
  void namesValuesByFeatureAndWindow() {
    FeatureView view =
        spend(payments().build())
            .feature("total", sum("amount"), hours(1), days(7))
            .feature("payments", count(), hours(24))
            .build();
    assertThat(view.valueNames()).containsExactly("total_1h", "total_7d", "payments_24h");
  }

  @Test
  void reportsEveryProblemOfAViewAtOnce() {
    FeatureView.Builder view =
        spend(payments().build())
            .feature("a", avg("amout"), hours(1))
            .feature("b", sum("customer"), hours(1))
            .feature("c", sum("amount * rand()"), hours(1));
    assertThatThrownBy(view::build)
        .isInstanceOf(DefinitionException.class)
        .hasMessageStartingWith("3 problems in feature view 'spend':")
        .hasMessageContaining(
            "Cannot resolve column 'amout' in 'amout', feature 'a_1h' of feature view 'spend': "
                + "known are [customer, paid_at, amount, event_day]. Did you mean 'amount'?")
        .hasMessageContaining("'sum(customer)' cannot take string")
        .hasMessageContaining(
            "'amount * rand()' in feature 'c_1h' of feature view 'spend' uses rand()");
  }

  @Test
  void aValueIsDeclaredOnce() {
    FeatureView.Builder view =
        spend(payments().build())
            .feature("total", sum("amount"), hours(1))
            .feature("total", avg("amount"), hours(1));
    assertThatThrownBy(view::build)
        .hasMessage(
            "Feature 'total_1h' is declared twice in feature view 'spend': a value has one meaning. Rename one of them.");
  }

  @Test
  void aKeyHasOneType() {
    FeatureView.Builder view =
        FeatureView.named("spend")
            .entity(Entity.named("customer").key("customer", LONG))
            .from(payments().build())
            .feature("total", sum("amount"), hours(1));
    assertThatThrownBy(view::build)
        .hasMessage(
            "Key 'customer' of entity 'customer' is a bigint: source 'payments' has it as string. "
                + "Declare one type in both.");
  }

  @Test
  void everyKindOfMistakeIsReportedAtOnce() {
    FeatureView.Builder view =
        FeatureView.named("spend")
            .entity(Entity.named("spot").key("latitude", DOUBLE).key("customer", STRING))
            .from(payments().build())
            .where("amount > rand()")
            .feature("column", avg("amout"), hours(1))
            .feature("type", sum("customer"), hours(1))
            .feature("division", sum("amount / (1 - 1)"), hours(1))
            .feature("clock", count("current_timestamp()"), hours(1))
            .feature("hop", sum("amount"), hours(1).withHop(Duration.ofHours(2)))
            .feature("zero", sum("amount"), hours(0))
            .feature("negative", sum("amount"), days(-1))
            .feature("total", sum("amount"), hours(1))
            .feature("total", avg("amount"), hours(1))
            .feature("bare", count());
    assertThatThrownBy(view::build)
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            """
            12 problems in feature view 'spend':
              - Feature 'bare' of feature view 'spend' has no window: an aggregation is of the events in one. \
            Give at least one, such as hours(24).
              - Key 'latitude' of entity 'spot' is a double: a key's value must have one byte form. \
            Use text, a whole number, a date or a boolean.
              - 'amount > rand()' in where of feature view 'spend' uses rand(): its value depends on the run and not \
            on the row, so two engines or two runs would disagree. Use the event time or another column.
              - Cannot resolve key 'latitude' in feature view 'spend': known are [customer, paid_at, amount, event_day].
              - Cannot resolve column 'amout' in 'amout', feature 'column_1h' of feature view 'spend': \
            known are [customer, paid_at, amount, event_day]. Did you mean 'amount'?
              - 'sum(customer)' cannot take string: sum takes a number. Cast the expression or choose another \
            aggregation, such as count.
              - 'amount / (1 - 1)' in feature 'division_1h' of feature view 'spend' divides by zero in \
            (amount / CAST((1 - 1) AS DOUBLE)): division by zero is an error on every row, and never null or infinite. \
            Divide by something else, or write try_divide(...) where null is meant.
              - 'current_timestamp()' in feature 'clock_1h' of feature view 'spend' uses current_timestamp(): its value \
            depends on the run and not on the row, so two engines or two runs would disagree. \
            Use the event time or another column.
              - Window '1h' of feature 'hop_1h' has a hop of PT2H: a hop is positive and at most the window's length \
            of PT1H. Give a hop between the two, or none to have it chosen.
              - Window '0h' of feature 'zero_0h' has a length of PT0S: a window looks back over time that has passed. \
            Give a positive length.
              - Window '-1d' of feature 'negative_-1d' has a length of PT-24H: a window looks back over time that has \
            passed. Give a positive length.
              - Feature 'total_1h' is declared twice in feature view 'spend': a value has one meaning. \
            Rename one of them.""");
  }

  @Test
  void aSourceNamesWhatDoesNotFit() {
    assertThatThrownBy(() -> payments().eventTime("payed_at").build())
        .hasMessageContaining("Cannot resolve column 'payed_at'")
        .hasMessageContaining("Did you mean 'paid_at'?");
    assertThatThrownBy(
            () -> payments().expect(between("amout", 0, 1)).derive("day", "dya(paid_at)").build())
        .hasMessageStartingWith("2 problems in source 'payments':")
        .hasMessageContaining("Cannot resolve function 'dya'")
        .hasMessageContaining(
            "Cannot resolve column 'amout' in an expectation of source 'payments'");
  }

  @Test
  void namesAreFoldersColumnsAndKeys() {
    assertThatThrownBy(
            () ->
                FeatureView.named("Spend Total")
                    .entity(CUSTOMER)
                    .from(payments().build())
                    .feature("a", count(), hours(1))
                    .build())
        .hasMessageStartingWith("Name 'Spend Total' of a feature view does not do");
  }

  @Test
  void theFingerprintIsOfTheMeaning() {
    FeatureView view = spend(payments().build()).feature("total", sum("amount"), hours(1)).build();
    FeatureView elsewhere =
        spend(payments().build())
            .feature("total", sum("amount"), hours(1))
            .online(Duration.ofDays(3))
            .build();
    FeatureView longer =
        spend(payments().build()).feature("total", sum("amount"), hours(2)).build();
    FeatureView filtered =
        spend(payments().build())
            .where("amount > 0")
            .feature("total", sum("amount"), hours(1))
            .build();
    assertThat(elsewhere.fingerprint()).isEqualTo(view.fingerprint());
    assertThat(longer.fingerprint()).isNotEqualTo(view.fingerprint());
    assertThat(filtered.fingerprint()).isNotEqualTo(view.fingerprint());
    assertThat(view.version()).isEqualTo(view.fingerprint().substring(0, 8));
  }
}
