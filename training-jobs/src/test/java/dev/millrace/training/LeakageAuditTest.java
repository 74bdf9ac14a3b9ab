package dev.millrace.training;

import static dev.millrace.transforms.aggregation.Aggregations.count;
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
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A loan is asked for at one time, and paid back or not a day later; the limit is known before. */
class LeakageAuditTest {
  private final Workspace workspace = new Workspace("w");

  /**
   * The loans.
   *
   * @param time the column that is taken for the event time
   */
  private static Source loans(String time) {
    return Source.parquet("loans", "loans")
        .column("customer", STRING)
        .column("asked_at", TIMESTAMP)
        .column("paid_at", TIMESTAMP)
        .column("paid", DOUBLE)
        .column("limit", DOUBLE)
        .eventTime(time)
        .build();
  }

  private static TrainingSet set(Source loans, String requestFeature) {
    FeatureView history =
        FeatureView.named("history")
            .entity(Entity.named("customer").key("customer", STRING))
            .from(loans)
            .feature("paid", sum("paid"), Window.days(7))
            .feature("loans", count(), Window.days(7))
            .build();
    return TrainingSet.named("loans")
        .requests(loans, "asked_at")
        .label("good", "paid > 10")
        .features(history)
        .requestFeature("own", requestFeature)
        .split(Period.days("2024-01-02", "2024-01-08"), Period.days("2024-01-08", "2024-01-11"))
        .build();
  }

  private LeakageAudit.Report audit(Source loans, String requestFeature, Set<String> known) {
    Random random = new Random(5);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Instant asked =
          Instant.parse("2024-01-01T00:00:00Z").plusSeconds(random.nextInt(10 * 86_400));
      Instant paid = asked.plusSeconds(86_400);
      Instant event = loans.eventTime().equals("paid_at") ? paid : asked;
      List<@Nullable Object> row = new ArrayList<>();
      row.add("c" + random.nextInt(9));
      row.add(asked);
      row.add(paid);
      row.add(random.nextInt(20) * 1.0);
      row.add(random.nextInt(5) * 100.0);
      row.add(event.atZone(ZoneOffset.UTC).toLocalDate());
      rows.add(row);
    }
    LocalEngine engine = LocalEngine.empty();
    engine.hold(loans.log(workspace).location(), new Rows(loans.logSchema(), rows));
    return new LeakageAudit(set(loans, requestFeature), known).run(engine, workspace);
  }

  @Test
  void nothingMovesWhereOnlyThePastIsSeen() {
    LeakageAudit.Report report = audit(loans("paid_at"), "hour(asked_at)", Set.of());
    assertThat(report.moved()).isEmpty();
    assertThat(report.requests()).isGreaterThan(100);
    assertThat(report.changed()).isGreaterThan(500);
    assertThat(report.times()).hasSize(3);
  }

  @Test
  void aFeatureOfTheOutcomeMoves() {
    LeakageAudit.Report report = audit(loans("paid_at"), "paid * 2", Set.of());
    assertThat(report.moved()).map(LeakageAudit.Moved::column).containsExactly("own");
    assertThat(report.moved().get(0).values()).isEqualTo(report.requests());
  }

  @Test
  void aColumnThatIsKnownByThenIsSaidToBe() {
    assertThat(audit(loans("paid_at"), "limit", Set.of()).moved()).hasSize(1);
    assertThat(audit(loans("paid_at"), "limit", Set.of("limit")).moved()).isEmpty();
  }

  @Test
  void anUnknownColumnIsRefused() {
    assertThatThrownBy(
            () -> new LeakageAudit(set(loans("paid_at"), "hour(asked_at)"), Set.of("limits")))
        .hasMessageContaining("Cannot resolve column 'limits'")
        .hasMessageContaining("Did you mean 'limit'?");
  }
}
