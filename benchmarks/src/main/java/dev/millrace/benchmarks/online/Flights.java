package dev.millrace.benchmarks.online;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.max;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static dev.millrace.transforms.type.PrimitiveType.LONG;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;

import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.Messages;
import java.time.Duration;
import java.util.List;

/** The source and the views of the example, over files that a benchmark makes. */
final class Flights {
  static final String TOPIC = "flights";

  private Flights() {}

  static Source source(String files) {
    return Source.parquet("flights", files)
        .column("date", TIMESTAMP)
        .column("delay", LONG)
        .column("distance", LONG)
        .column("origin", STRING)
        .column("destination", STRING)
        .expect(
            notNull("origin").orQuarantine(),
            between("delay", -120, 2000).orQuarantine(),
            unique("date", "delay", "distance", "origin", "destination").orQuarantine())
        .derive("departed_at", "timestampadd(MINUTE, delay, date)")
        .eventTime("departed_at")
        .stream("main", TOPIC, Messages.json())
        .build();
  }

  static List<FeatureView> views(Source flights) {
    return List.of(
        FeatureView.named("origin_delays")
            .entity(Entity.named("airport").key("origin", STRING))
            .from(flights)
            .feature("avg_delay", avg("delay"), hours(1), hours(24), days(7))
            .feature("late_share", avg("if(delay >= 15, 1.0, 0.0)"), hours(1), hours(24), days(7))
            .feature("departures", count(), hours(1), hours(24))
            .online(Duration.ofDays(8))
            .build(),
        FeatureView.named("route_delays")
            .entity(Entity.named("route").key("origin", STRING).key("destination", STRING))
            .from(flights)
            .feature("avg_delay", avg("delay"), hours(1), hours(24), days(7))
            .feature("late_share", avg("if(delay >= 15, 1.0, 0.0)"), hours(24), days(7))
            .feature("worst_delay", max("delay"), days(7))
            .online(Duration.ofDays(8))
            .build());
  }
}
