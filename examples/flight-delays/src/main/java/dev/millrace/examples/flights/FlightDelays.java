package dev.millrace.examples.flights;

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

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.Project;
import dev.millrace.features.AuditJob;
import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Schedule;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.registry.Gate;
import dev.millrace.scoring.DriftWatch;
import dev.millrace.scoring.ScoringJob;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.Period;
import dev.millrace.training.Trainers;
import dev.millrace.training.TrainingSet;
import java.time.Duration;
import java.util.Map;

/**
 * Will a flight leave fifteen minutes late or more? Asked two hours before its scheduled time, of
 * what had happened by then.
 *
 * <p>Two traps of time are avoided here. A flight's delay is known when it has left, so {@code
 * departed_at} is its event time; taking {@code date} would tell each prediction of flights that
 * are still at the gate. And a flight may leave early: asked at its scheduled time, one that has
 * left already would answer for itself. No flight leaves more than two hours early, which the
 * source expects, so two hours before, none has.
 */
public final class FlightDelays implements Project {
  private static final Period TRAINING = Period.days("2001-01-08", "2001-01-29");
  private static final Period HELD_OUT = Period.days("2001-01-29", "2001-02-05");
  private static final Period ALL = Period.days("2001-01-01", "2001-02-05");

  @Override
  public Pipeline pipeline(String data) {
    Source flights =
        Source.parquet("flights", data + "/flights")
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
            .stream("main", "flights", Messages.json())
            .build();

    FeatureView originDelays =
        FeatureView.named("origin_delays")
            .entity(Entity.named("airport").key("origin", STRING))
            .from(flights)
            .feature("avg_delay", avg("delay"), hours(1), hours(24), days(7))
            .feature("late_share", avg("if(delay >= 15, 1.0, 0.0)"), hours(1), hours(24), days(7))
            .feature("departures", count(), hours(1), hours(24))
            .online(Duration.ofDays(8))
            .build();

    FeatureView routeDelays =
        FeatureView.named("route_delays")
            .entity(Entity.named("route").key("origin", STRING).key("destination", STRING))
            .from(flights)
            .feature("avg_delay", avg("delay"), hours(1), hours(24), days(7))
            .feature("late_share", avg("if(delay >= 15, 1.0, 0.0)"), hours(24), days(7))
            .feature("worst_delay", max("delay"), days(7))
            .online(Duration.ofDays(8))
            .build();

    TrainingSet lateFlights =
        TrainingSet.named("late_flights")
            .requests(flights, "date - interval 2 hours")
            .label("late", "delay >= 15")
            .features(originDelays, routeDelays)
            .requestFeature("scheduled_minute", "hour(date) * 60 + minute(date)")
            .requestFeature("weekday", "dayofweek(date)")
            .requestFeature("distance", "distance")
            .split(TRAINING, HELD_OUT)
            .build();

    ModelSpec lateFlight =
        ModelSpec.named("late_flight", lateFlights, Trainers.gradientBoostedTrees())
            .gate(Gate.atLeast("auc", "test", 0.62));

    ScoringJob heldOutWeek = new ScoringJob("held_out_week", lateFlight, HELD_OUT);

    return Pipeline.named("flight_delays")
        .features(originDelays, routeDelays)
        .materialize(new Schedule(ALL.start(), ALL.end(), Duration.ofDays(1)))
        .model(lateFlight)
        .score(heldOutWeek)
        .watch(DriftWatch.named("late_flight_drift", heldOutWeek))
        .audit(AuditJob.of(routeDelays))
        .build();
  }

  @Override
  public Map<String, String> exampleEntity() {
    return Map.of("origin", "ORD", "destination", "LGA");
  }
}
