package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.satisfies;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalViewsTest {
  private static final Instant NOON = Instant.parse("2024-03-01T12:00:00Z");

  private static final Source PAYMENTS =
      Source.parquet("payments", "payments")
          .column("customer", STRING)
          .column("paid_at", TIMESTAMP)
          .column("amount", DOUBLE)
          .eventTime("paid_at")
          .expect(between("amount", 0, 1000).orQuarantine())
          .build();

  private static FeatureView.Builder spend() {
    return FeatureView.named("spend")
        .entity(Entity.named("customer").key("customer", STRING))
        .from(PAYMENTS);
  }

  private static final FeatureView SPEND =
      spend()
          .feature("total", sum("amount"), hours(1), days(7))
          .feature("payments", count(), hours(1))
          .build();

  private static Map<String, Object> paid(String customer, String time, double amount) {
    return Map.of(
        "customer",
        customer,
        "paid_at",
        Instant.parse("2024-03-01T" + time + "Z"),
        "amount",
        amount);
  }

  private static final List<Map<String, Object>> EVENTS =
      List.of(
          paid("a", "11:30:00", 2.0),
          paid("a", "10:00:00", 3.0),
          paid("a", "12:00:00", 64.0),
          paid("a", "11:40:00", 5000.0),
          paid("b", "11:00:00", 7.0));

  @Test
  void givesAnEntitysValuesAtATime() {
    LocalValues values = Millrace.local().run(SPEND, EVENTS);
    assertThat(values.at(NOON).of("a"))
        .isEqualTo(Map.of("total_1h", 2.0, "total_7d", 5.0, "payments_1h", 1L));
    assertThat(values.at(NOON.plusSeconds(1)).of("a")).containsEntry("total_1h", 66.0);
    assertThat(values.at(NOON).of("z"))
        .containsEntry("payments_1h", 0L)
        .containsEntry("total_1h", null);
  }

  @Test
  void aRowCountsFromWhenItIsKnown() {
    Source corrected =
        Source.parquet("corrections", "corrections")
            .column("customer", STRING)
            .column("paid_at", TIMESTAMP)
            .column("amount", DOUBLE)
            .column("loaded_at", TIMESTAMP)
            .eventTime("paid_at")
            .availableAt("loaded_at")
            .build();
    FeatureView view =
        FeatureView.named("spend")
            .entity(Entity.named("customer").key("customer", STRING))
            .from(corrected)
            .feature("total", sum("amount"), hours(1), days(7))
            .build();
    Map<String, Object> late = new java.util.HashMap<>(paid("a", "11:30:00", 2.0));
    late.put("loaded_at", NOON.plusSeconds(60));
    Map<String, Object> atOnce = new java.util.HashMap<>(paid("a", "11:45:00", 8.0));
    atOnce.put("loaded_at", NOON.minusSeconds(3600));
    Map<String, Object> never = new java.util.HashMap<>(paid("a", "11:50:00", 64.0));
    never.put("loaded_at", null);
    LocalValues values = Millrace.local().run(view, List.of(late, atOnce, never));
    assertThat(values.at(NOON).of("a")).isEqualTo(Map.of("total_1h", 8.0, "total_7d", 8.0));
    assertThat(values.at(NOON.plusSeconds(59)).of("a")).containsEntry("total_1h", 8.0);
    assertThat(values.at(NOON.plusSeconds(60)).of("a")).containsEntry("total_1h", 10.0);
    assertThat(values.at(NOON.plusSeconds(7200)).of("a"))
        .containsEntry("total_1h", null)
        .containsEntry("total_7d", 10.0);
  }

  @Test
  void givesTheValuesOfAllEntities() {
    assertThat(Millrace.local().run(SPEND, EVENTS).at(NOON).byEntity())
        .isEqualTo(
            Map.of(
                List.of("a"), Map.of("total_1h", 2.0, "total_7d", 5.0, "payments_1h", 1L),
                List.of("b"), Map.of("total_1h", 7.0, "total_7d", 7.0, "payments_1h", 1L)));
  }

  @Test
  void aStreamGivesTheSameLateAndTwice() {
    LocalStreamed stream =
        Millrace.local().stream(SPEND)
            .deliver("first", List.of(EVENTS.get(0), EVENTS.get(3)))
            .watermark(NOON)
            .deliver("late", List.of(EVENTS.get(1), EVENTS.get(2)))
            .deliverAgain("first")
            .deliver("bad alone", List.of(paid("a", "11:45:00", -1.0)))
            .deliver("another", List.of(EVENTS.get(4)));
    LocalValues batch = Millrace.local().run(SPEND, EVENTS);
    assertThat(stream.at(NOON)).isEqualTo(batch.at(NOON).byEntity());
    assertThat(stream.at(NOON.plusSeconds(1))).isEqualTo(batch.at(NOON.plusSeconds(1)).byEntity());
    assertThat(stream.late()).isEqualTo(2);
    assertThat(stream.duplicates()).isEqualTo(1);
  }

  @Test
  void aStreamThatHasBroughtNothingHasNoValues() {
    LocalStreamed stream = Millrace.local().stream(SPEND);
    assertThat(stream.at(NOON)).isEmpty();
    assertThat(stream.deliver("empty", List.of()).late()).isZero();
  }

  @Test
  void lateEventsOfASessionAreCountedToo() {
    FeatureView sessions =
        spend().feature("open", sum("amount"), Window.session(Duration.ofHours(2))).build();
    LocalStreamed stream =
        Millrace.local().stream(sessions)
            .deliver("first", List.of(EVENTS.get(0)))
            .watermark(NOON)
            .deliver("late", List.of(EVENTS.get(1)));
    assertThat(stream.late()).isEqualTo(1);
    assertThat(stream.at(NOON)).isEqualTo(Map.of(List.of("a"), Map.of("open_session_2h", 5.0)));
  }

  @Test
  void noEventsAreNoValues() {
    LocalValues values = Millrace.local().run(SPEND, List.of());
    assertThat(values.at(NOON).byEntity()).isEmpty();
    assertThat(values.at(NOON).of("a")).containsEntry("payments_1h", 0L);
  }

  @Test
  void namesAColumnThatTheSourceLacks() {
    assertThatThrownBy(() -> Millrace.local().run(SPEND, List.of(Map.of("amuont", 1.0))))
        .hasMessage(
            "Cannot resolve column 'amuont' in the events of feature view 'spend': "
                + "known are [customer, paid_at, amount]. Did you mean 'amount'?");
  }

  @Test
  void theOrderOfFeaturesIsNoPartOfTheFingerprint() {
    FeatureView turned =
        spend()
            .feature("payments", count(), hours(1))
            .feature("total", sum("amount"), days(7), hours(1))
            .build();
    assertThat(turned.fingerprint()).isEqualTo(SPEND.fingerprint());
    assertThat(SPEND.diff(turned).isEmpty()).isTrue();
  }

  @Test
  void aDiffSaysWhatMustBeComputedAnew() {
    FeatureView later =
        spend()
            .feature("total", sum("amount"), hours(1))
            .feature("mean", avg("amount"), hours(1))
            .build();
    assertThat(SPEND.diff(later).toString())
        .isEqualTo(
            """
            + feature 'mean_1h': avg(amount) over 1h, hop PT1M, 3600000000 µs
            - feature 'total_7d': sum(amount) over 7d, hop PT1H, 604800000000 µs
            - feature 'payments_1h': count(1) over 1h, hop PT1M, 3600000000 µs
            recompute: mean_1h""");
    FeatureView filtered =
        spend().where("amount > 1").feature("total", sum("amount"), hours(1)).build();
    assertThat(SPEND.diff(filtered).recompute()).containsExactly("total_1h");
    FeatureView lifelong = spend().feature("total", sum("amount"), Window.lifetime()).build();
    assertThat(SPEND.diff(lifelong).toString())
        .contains("+ feature 'total_all': sum(amount) over all\n");
  }

  @Test
  void aChangedConditionIsADifference() {
    FeatureView before = ofRows(satisfies("amount < 2000", "too much").orQuarantine());
    FeatureView after = ofRows(satisfies("amount < 100", "too much").orQuarantine());
    assertThat(before.diff(after).recompute()).containsExactly("total_1h");
  }

  private static FeatureView ofRows(Expectation expected) {
    return FeatureView.named("spend")
        .entity(Entity.named("customer").key("customer", STRING))
        .from(
            Source.parquet("payments", "payments")
                .column("customer", STRING)
                .column("paid_at", TIMESTAMP)
                .column("amount", DOUBLE)
                .eventTime("paid_at")
                .expect(expected)
                .build())
        .feature("total", sum("amount"), hours(1))
        .build();
  }
}
