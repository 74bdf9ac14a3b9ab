package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog properties are all that a SQL user needs. */
class SparkReadsTest {
  @TempDir Path directory;

  @Test
  void answersSqlAboutVersionsAndAliases() {
    RegistryConfig config = RegistryConfig.embedded(directory);
    try (Registry registry = Registry.open(config)) {
      registry.register(Candidates.full(Onnx.lateFlight(1)));
      registry.promote("late_flight", "champion", 1, null, "first", "ann");
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
                          + " on h.model = v.name and h.version = v.version")
                  .collect();
      assertThat(rows)
          .extracting(Row::mkString)
          .containsExactly("late_flight10.71234567890123originann");
    } finally {
      spark.stop();
    }
  }
}
