package dev.millrace.dags;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.window.Window.hours;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.features.AuditJob;
import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Schedule;
import dev.millrace.features.Source;
import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.type.PrimitiveType;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static final Schedule DAILY =
      new Schedule(
          Instant.parse("2024-03-01T00:00:00Z"),
          Instant.parse("2024-03-02T00:00:00Z"),
          Duration.ofDays(1));

  private static Source payments(String path) {
    return Source.parquet("payments", path)
        .column("customer", PrimitiveType.STRING)
        .column("paid_at", PrimitiveType.TIMESTAMP)
        .column("amount", PrimitiveType.DOUBLE)
        .eventTime("paid_at")
        .build();
  }

  private static FeatureView.Builder spend(String name, Source source) {
    return FeatureView.named(name)
        .entity(Entity.named("customer").key("customer", PrimitiveType.STRING))
        .from(source);
  }

  @Test
  void twoViewsOfOneNameAndTwoSourcesOfOneNameAreReportedTogether() {
    FeatureView first =
        spend("spend", payments("here")).feature("total", sum("amount"), hours(1)).build();
    FeatureView second =
        spend("spend", payments("here"))
            .where("amount > 0")
            .feature("total", sum("amount"), hours(2))
            .build();
    FeatureView elsewhere =
        spend("mean", payments("there")).feature("mean", avg("amount"), hours(1)).build();
    assertThatThrownBy(
            Pipeline.named("shop").features(first, second, elsewhere).materialize(DAILY)::build)
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            """
            3 problems in pipeline 'shop':
              - Feature view 'spend' is declared 2 times: a name has one meaning. Rename the others.
              - Feature view 'spend' has two definitions: a name has one meaning, and they differ in feature 'total_2h', \
            projection of feature view 'spend', filter of feature view 'spend', column 'customer' of feature view 'spend', \
            column 'paid_at' of feature view 'spend', column 'amount' of feature view 'spend', \
            column 'event_day' of feature view 'spend', feature 'total_1h'. Rename one of them.
              - Source 'payments' has two definitions: a name has one meaning. Rename one of them.""");
  }

  @Test
  void anAuditIsOfAViewThatIsMaterializedAndOnline() {
    FeatureView offline =
        spend("spend", payments("here")).feature("total", sum("amount"), hours(1)).build();
    FeatureView elsewhere =
        spend("mean", payments("here")).feature("mean", avg("amount"), hours(1)).build();
    assertThatThrownBy(
            Pipeline.named("shop")
                    .features(offline)
                    .materialize(DAILY)
                    .audit(AuditJob.of(offline))
                    .audit(AuditJob.of(elsewhere))
                ::build)
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            """
            2 problems in pipeline 'shop':
              - An audit is of feature view 'spend': it is not kept online. Declare it online(...), or leave out the audit.
              - An audit is of feature view 'mean': pipeline 'shop' does not materialize that view as it is defined there. \
            Add the same definition with features(...).""");
  }

  @Test
  void anAuditOfNothingIsRefused() {
    FeatureView view =
        spend("spend", payments("here")).feature("total", sum("amount"), hours(1)).build();
    assertThatThrownBy(() -> AuditJob.of(view).withShare(0))
        .hasMessage("An audit of a share of 0.0 looks at nothing. Give more than 0, up to 1.");
  }
}
