package dev.millrace.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.Task;
import dev.millrace.features.LocalValues;
import dev.millrace.features.Millrace;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.PlanPrinter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlightDelaysTest {
  private final Pipeline pipeline = new FlightDelays().pipeline("data");

  @Test
  void derivesItsTasksFromItsDefinitions() {
    assertThat(pipeline.tasks().stream().map(Task::id))
        .containsExactly(
            "ingest flights",
            "materialize origin_delays",
            "materialize route_delays",
            "train late_flight",
            "score held_out_week",
            "watch late_flight_drift",
            "audit route_delays");
  }

  @Test
  void asksTwoHoursAheadOfWhatHadDepartedByThen() {
    String plan =
        PlanPrinter.print(pipeline.models().get(0).trainingSet().plan(new Workspace("w")));
    assertThat(plan)
        .startsWith("AsOfJoin at request_time\n")
        .contains("date - interval 2 hours as request_time")
        .contains("Lookup origin_delays by [origin] at departed_at")
        .contains("Lookup route_delays by [origin, destination] at departed_at");
  }

  @Test
  void aDelayCountsFromTheDepartureOnAndNotFromTheSchedule() {
    LocalValues values =
        Millrace.local()
            .run(
                pipeline.views().get(0),
                List.of(
                    flight("JFK", "10:00", 30),
                    flight("JFK", "10:10", 5),
                    flight("BOS", "10:00", 0)));
    assertThat(values.at(at("10:20")).of("JFK"))
        .containsEntry("avg_delay_1h", 5.0)
        .containsEntry("late_share_1h", 0.0);
    assertThat(values.at(at("11:00")).of("JFK"))
        .containsEntry("avg_delay_1h", 17.5)
        .containsEntry("late_share_1h", 0.5);
  }

  private static Map<String, Object> flight(String origin, String scheduled, long delay) {
    return Map.of(
        "date",
        at(scheduled),
        "delay",
        delay,
        "distance",
        500L,
        "origin",
        origin,
        "destination",
        "LAX");
  }

  private static Instant at(String time) {
    return Instant.parse("2001-01-08T" + time + ":00Z");
  }
}
