package dev.millrace.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.Task;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.PlanPrinter;
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
            "watch late_flight_drift");
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
}
