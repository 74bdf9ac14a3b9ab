package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineageTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir Path directory;
  private Registry registry;

  @BeforeEach
  void open() {
    registry = Registry.open(RegistryConfig.embedded(directory));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private void fill() {
    record(
        registry,
        "ingest flights",
        List.of("source:flights"),
        List.of("table:s3://lake/flights@5213"));
    record(
        registry,
        "training set late_flights",
        List.of("table:s3://lake/flights@5213", "feature-view:origin_delays@a1b2"),
        List.of("training-set:training/late_flights@17"));
    registry.register(Candidates.full(Onnx.lateFlight(1)));
    registry.register(
        Candidates.of("other", 2)
            .definition(new DefinitionReference("feature view", "route_delays", "e5"))
            .build());
    registry.promote("late_flight", "champion", 1, null, "first", "ann");
    record(
        registry,
        "score week",
        List.of("model:late_flight@1"),
        List.of("predictions:scoring/week@3"));
    record(registry, "watch week", List.of("predictions:scoring/week@3"), List.of("report:drift"));
  }

  private static void record(
      Registry registry, String job, List<String> inputs, List<String> outputs) {
    registry.record(
        new LineageRun(
            UUID.randomUUID().toString(),
            job,
            START,
            START.plusSeconds(5),
            inputs.stream().map(LineageNode::parse).toList(),
            outputs.stream().map(LineageNode::parse).toList(),
            Map.of()));
  }

  @Test
  void leadsFromAReportToItsSourcesAndBack() {
    fill();
    Lineage lineage = registry.lineage();

    assertThat(lineage.upstream(LineageNode.parse("report:drift")))
        .extracting(step -> step.depth() + " " + step.node())
        .containsExactly(
            "1 predictions:scoring/week@3",
            "2 model:late_flight@1",
            "3 training-set:training/late_flights@17",
            "3 table:s3://lake/flights@5213",
            "3 feature-view:origin_delays@a1b2",
            "4 source:flights");
    assertThat(lineage.downstream(LineageNode.parse("source:flights")))
        .extracting(step -> step.depth() + " " + step.node())
        .containsExactly(
            "1 table:s3://lake/flights@5213",
            "2 model:late_flight@1",
            "2 training-set:training/late_flights@17",
            "3 predictions:scoring/week@3",
            "4 report:drift");
    // Any version of the table.
    assertThat(lineage.downstream(LineageNode.parse("table:s3://lake/flights")))
        .extracting(step -> step.node().toString())
        .contains("report:drift");
    assertThat(lineage.upstream(LineageNode.parse("model:nothing@1"))).isEmpty();
  }

  @Test
  void saysWhatAChangeOfAFeatureReaches() {
    fill();
    Lineage.Impact impact = registry.lineage().impact("origin_delays", "avg_delay_1h");

    assertThat(impact.versions())
        .extracting(ModelVersion::reference)
        .containsExactly("late_flight@1");
    assertThat(impact.aliases()).containsExactly(Map.entry("late_flight@champion", 1));
    assertThat(impact.downstream())
        .extracting(step -> step.node().toString())
        .containsExactly("predictions:scoring/week@3", "report:drift");
    assertThat(registry.lineage().impact("origin_delays", "no_such").versions()).isEmpty();
    assertThat(registry.lineage().impact("route_delays", "").versions())
        .extracting(ModelVersion::reference)
        .containsExactly("other@1");
  }

  @Test
  void refusesWhatNamesNoKind() {
    assertThatThrownBy(() -> LineageNode.parse("late_flight@12"))
        .hasMessage(
            "Cannot follow the lineage of 'late_flight@12': it says no kind of thing. Write"
                + " KIND:NAME@VERSION with one of [source, table, feature-view, training-set, model,"
                + " predictions, report], such as model:late_flight@12.");
  }
}
