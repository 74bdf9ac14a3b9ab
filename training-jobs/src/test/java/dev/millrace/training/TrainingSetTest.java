package dev.millrace.training;

import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingSetTest {
  private static final Source PAYMENTS =
      Source.parquet("payments", "payments")
          .column("customer", STRING)
          .column("paid_at", TIMESTAMP)
          .column("amount", DOUBLE)
          .eventTime("paid_at")
          .build();
  private static final FeatureView SPEND =
      FeatureView.named("spend")
          .entity(Entity.named("customer").key("customer", STRING))
          .from(PAYMENTS)
          .feature("total", sum("amount"), Window.days(1))
          .build();

  private static TrainingSetBuilder set() {
    return TrainingSet.named("big")
        .requests(PAYMENTS, "paid_at")
        .label("is_big", "amount > 100")
        .features(SPEND)
        .requestFeature("hour", "hour(paid_at)")
        .split(Period.days("2024-01-01", "2024-01-08"), Period.days("2024-01-08", "2024-01-09"));
  }

  @Test
  void holdsKeysTimeLabelSplitAndFeatures() {
    TrainingSet set = set().build();
    assertThat(set.featureNames()).containsExactly("spend__total_1d", "hour");
    assertThat(set.plan(new Workspace("w")).schema().names())
        .containsExactly("customer", "request_time", "hour", "is_big", "split", "spend__total_1d");
    assertThat(set.requests(new Workspace("w"), set.test()).schema().names())
        .containsExactly("customer", "request_time", "hour", "spend__total_1d");
  }

  /** A payment of the training period that is known after it is no label of it. */
  @Test
  void aTrainingLabelIsKnownBeforeTheTestBegins() {
    Source late =
        Source.parquet("payments", "payments")
            .column("customer", STRING)
            .column("paid_at", TIMESTAMP)
            .column("amount", DOUBLE)
            .column("loaded_at", TIMESTAMP)
            .eventTime("paid_at")
            .availableAt("loaded_at")
            .build();
    TrainingSet set =
        TrainingSet.named("big")
            .requests(late, "paid_at")
            .label("is_big", "amount > 100")
            .requestFeature("hour", "hour(paid_at)")
            .split(Period.days("2024-01-01", "2024-01-08"), Period.days("2024-01-08", "2024-01-09"))
            .build();
    Workspace workspace = new Workspace("w");
    Location log = late.log(workspace).location();
    List<Object> inTime = List.of("a", at(7, 1), 200.0, at(8, 0), LocalDate.of(2024, 1, 7));
    List<Object> tooLate = List.of("b", at(7, 1), 200.0, at(8, 1), LocalDate.of(2024, 1, 7));
    List<Object> ofTest = List.of("c", at(8, 1), 50.0, at(9, 1), LocalDate.of(2024, 1, 8));
    Rows rows =
        LocalEngine.empty()
            .hold(log, new Rows(late.logSchema(), List.of(inTime, tooLate, ofTest)))
            .collect(set.plan(workspace));
    assertThat(rows.values())
        .containsExactlyInAnyOrder(
            List.of(at(7, 1), 1, 1.0, "train"), List.of(at(8, 1), 1, 0.0, "test"));
  }

  /** Reviews by hand and payments that were charged back tell of the same, at other times. */
  @Test
  void labelsOfSeveralSetsAreJoinedTogether() {
    Source reviews =
        Source.parquet("reviews", "reviews")
            .column("customer", STRING)
            .column("reviewed_at", TIMESTAMP)
            .column("verdict", STRING)
            .eventTime("reviewed_at")
            .build();
    TrainingSet set =
        TrainingSet.named("fraud")
            .requests(PAYMENTS, "paid_at")
            .requests(PAYMENTS, "paid_at + interval 1 hour")
            .label("is_fraud", "amount > 100")
            .requests(reviews, "reviewed_at - interval 1 day")
            .label("is_fraud", "verdict = 'bad'")
            .features(SPEND)
            .split(Period.days("2024-01-01", "2024-01-08"), Period.days("2024-01-08", "2024-01-09"))
            .build();
    Workspace workspace = new Workspace("w");
    LocalEngine engine =
        LocalEngine.empty()
            .hold(
                PAYMENTS.log(workspace).location(),
                new Rows(
                    PAYMENTS.logSchema(),
                    List.of(List.of("a", at(3, 10), 200.0, LocalDate.of(2024, 1, 3)))))
            .hold(
                reviews.log(workspace).location(),
                new Rows(
                    reviews.logSchema(),
                    List.of(List.of("a", at(4, 12), "bad", LocalDate.of(2024, 1, 4)))));
    assertThat(engine.collect(set.plan(workspace)).values())
        .containsExactlyInAnyOrder(
            Arrays.asList("a", at(3, 10), 1.0, "train", null),
            List.of("a", at(3, 11), 1.0, "train", 200.0),
            List.of("a", at(3, 12), 1.0, "train", 200.0));
    assertThat(engine.collect(set.requests(workspace, set.train())).values()).hasSize(3);
    assertThat(set.sources()).containsExactly(PAYMENTS, reviews);
  }

  /** As the reader computes them online, and from no column that the set keeps. */
  @Test
  void requestFeaturesMayBeOfTheViewsValues() {
    TrainingSet set =
        set()
            .requestFeature("share", "amount / (amount + spend__total_1d)")
            .requestFeature("is_first", "spend__total_1d is null")
            .build();
    Workspace workspace = new Workspace("w");
    assertThat(set.featureNames()).containsExactly("spend__total_1d", "hour", "share", "is_first");
    assertThat(set.plan(workspace).schema().names())
        .containsExactly(
            "customer",
            "request_time",
            "hour",
            "is_big",
            "split",
            "spend__total_1d",
            "share",
            "is_first");
    LocalEngine engine =
        LocalEngine.empty()
            .hold(
                PAYMENTS.log(workspace).location(),
                new Rows(
                    PAYMENTS.logSchema(),
                    List.of(
                        List.of("a", at(3, 10), 300.0, LocalDate.of(2024, 1, 3)),
                        List.of("a", at(3, 11), 100.0, LocalDate.of(2024, 1, 3)))));
    List<Object> first = Arrays.asList("a", at(3, 10), 10, null, null, true);
    List<Object> second = List.of("a", at(3, 11), 11, 300.0, 0.25, false);
    assertThat(engine.collect(set.requests(workspace, set.train())).values())
        .containsExactlyInAnyOrder(first, second);
    assertThat(engine.collect(set.plan(workspace)).values())
        .containsExactlyInAnyOrder(
            Arrays.asList("a", at(3, 10), 10, 1.0, "train", null, null, true),
            List.of("a", at(3, 11), 11, 0.0, "train", 300.0, 0.25, false));
  }

  @Test
  void lambdasMayNameValuesAndColumns() {
    TrainingSet set =
        set()
            .requestFeature("above", "exists(array(1.0D, 500.0D), x -> x > spend__total_1d)")
            .requestFeature("below", "exists(array(spend__total_1d), x -> x < amount)")
            .build();
    assertThat(set.requests(new Workspace("w"), set.test()).schema().names())
        .containsExactly("customer", "request_time", "hour", "spend__total_1d", "above", "below");
  }

  /** The log has a column of that name, and the set's own is the same. */
  @Test
  void theRequestTimeMayBeNamedBesideValues() {
    Source asked =
        Source.parquet("asked", "asked")
            .column("customer", STRING)
            .column("request_time", TIMESTAMP)
            .eventTime("request_time")
            .build();
    TrainingSet set =
        TrainingSet.named("big")
            .requests(asked, "request_time")
            .label("is_late", "hour(request_time) > 20")
            .features(SPEND)
            .requestFeature("hourly", "spend__total_1d / hour(request_time)")
            .split(Period.days("2024-01-01", "2024-01-08"), Period.days("2024-01-08", "2024-01-09"))
            .build();
    assertThat(set.plan(new Workspace("w")).schema().names())
        .containsExactly(
            "customer", "request_time", "is_late", "split", "spend__total_1d", "hourly");
  }

  @Test
  void whatIsWrongWithRequestFeaturesIsSaidWithTheRest() {
    TrainingSetBuilder wrong =
        set()
            .requestFeature("share", "amount / spend__total_7d")
            .requestFeature("sum", "spend__total_1d + paid_at")
            .requests(PAYMENTS, "paid_at")
            .label("is_big", "amuont > 100");
    assertThatThrownBy(wrong::build)
        .hasMessageContaining("Cannot resolve column 'spend__total_7d'")
        .hasMessageContaining("Did you mean 'spend__total_1d'?")
        .hasMessageContaining("request feature 'sum' of training set 'big'")
        .hasMessageContaining("Cannot resolve column 'amuont'");
  }

  @Test
  void aColumnBesideValuesIsTheRequestsOwn() {
    TrainingSetBuilder twice =
        set()
            .requestFeature("amount", "amount * 2")
            .requestFeature("share", "amount / spend__total_1d");
    assertThatThrownBy(twice::build)
        .hasMessage(
            "Column 'amount' of the requests of training set 'big' is named beside values: "
                + "the set has another column of that name when they are looked up. "
                + "Rename the set's own, or the requests' by a derived column of their source.");
    TrainingSet once =
        set()
            .requestFeature("amount", "amount")
            .requestFeature("share", "amount / spend__total_1d")
            .build();
    assertThat(once.requests(new Workspace("w"), once.test()).schema().names())
        .containsExactly("customer", "request_time", "hour", "amount", "spend__total_1d", "share");
  }

  @Test
  void labelsOfOneSetHaveOneName() {
    assertThatThrownBy(() -> set().requests(PAYMENTS, "paid_at").label("big", "true").build())
        .hasMessage(
            "The labels of training set 'big' are [is_big, big]: "
                + "a model learns one, whatever rows it comes from. "
                + "Give them one name, or make a training set of each.");
  }

  private static Instant at(int day, int hour) {
    return Instant.parse("2024-01-%02dT%02d:00:00Z".formatted(day, hour));
  }

  @Test
  void aTestOnThePastIsRefused() {
    TrainingSetBuilder late =
        set()
            .split(
                Period.days("2024-01-03", "2024-01-08"), Period.days("2024-01-01", "2024-01-03"));
    assertThatThrownBy(late::build)
        .hasMessage(
            "The test period of training set 'big' begins at 2024-01-01T00:00:00Z: the training period ends at "
                + "2024-01-08T00:00:00Z, and a test on the past proves nothing. "
                + "Let the test begin when the training ends, or later.");
  }

  @Test
  void namesWhatDoesNotFit() {
    assertThatThrownBy(
            () -> set().requests(PAYMENTS, "paid_at").label("is_big", "amuont > 100").build())
        .hasMessageContaining("Cannot resolve column 'amuont'")
        .hasMessageContaining("Did you mean 'amount'?");
    assertThatThrownBy(() -> set().label("is_big", "amount > 10"))
        .hasMessage(
            "Label 'is_big' of training set 'big' has no requests before it. It follows requests(...).");
    assertThatThrownBy(() -> TrainingSet.named("big").build())
        .hasMessage(
            "Training set 'big' is not whole. It takes requests(...), label(...) and split(...).");
  }
}
