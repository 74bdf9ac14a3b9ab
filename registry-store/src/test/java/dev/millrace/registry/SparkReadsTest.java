package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog properties are all that a SQL user needs. */
class SparkReadsTest {
  @TempDir Path directory;

  @Test
  void answersSqlAboutVersionsAndAliases() throws IOException {
    RegistryConfig config = RegistryConfig.embedded(directory);
    Instant before;
    Instant between;
    try (Registry registry = Registry.open(config)) {
      registry.register(Candidates.full(Onnx.lateFlight(1)));
      before = Instant.now();
      registry.promote("late_flight", "champion", 1, null, "first", "ann");
      between = Instant.now();
      registry.register(
          Candidates.of("late_flight", 2)
              .trainingData(TrainingData.of("training/late_flights", "18"))
              .build());
      registry.promote("late_flight", "champion", 2, 1, "second", "bob");
    }
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.catalog.registry", "org.apache.iceberg.spark.SparkCatalog");
    config
        .catalogProperties()
        .forEach((key, value) -> builder.config("spark.sql.catalog.registry." + key, value));

    SparkSession spark = builder.getOrCreate();
    try {
      Row[] rows =
          (Row[])
              spark
                  .sql(
                      "select v.name, v.version, element_at(filter(v.metrics, m -> m.name = 'auc'"
                          + " and m.slice = ''), 1).value, v.inputs[1].name, h.done_by"
                          + " from registry.models.versions v join registry.models.history h"
                          + " on h.model = v.name and h.version = v.version and v.version = 1")
                  .collect();
      assertThat(rows)
          .extracting(Row::mkString)
          .containsExactly("late_flight10.71234567890123originann");

      // The question of this room's README: before the first move, between the two, and after.
      assertThat(served(spark, before)).isEmpty();
      assertThat(served(spark, between))
          .containsExactly("1training/late_flights17", "1s3://lake/flights5213");
      assertThat(served(spark, Instant.now())).containsExactly("2training/late_flights18");
    } finally {
      spark.stop();
    }
  }

  private static List<String> served(SparkSession spark, Instant at) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int from = readme.indexOf("```sql\n") + "```sql\n".length();
    String query =
        readme
            .substring(from, readme.indexOf("```", from))
            .replace("timestamp '2026-05-03 14:02:00'", "timestamp '" + at + "'");
    assertThat(query).contains(at.toString());
    return Stream.of((Row[]) spark.sql(query).collect()).map(Row::mkString).toList();
  }
}
