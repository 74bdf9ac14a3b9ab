package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.registry.mlflow.MlflowDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB reads the same tables, and MLflow the same models. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OtherEnginesTest {
  @TempDir Path directory;

  private Registry open() {
    return Registry.open(RegistryConfig.embedded(directory.resolve("registry")));
  }

  @Test
  void duckDbAnswersWhatServed() throws Exception {
    try (Registry registry = open()) {
      registry.register(Candidates.full(Onnx.lateFlight(1)));
      registry.register(Candidates.of("late_flight", 2).build());
      registry.promote("late_flight", "champion", 1, null, "first", "ann");
      registry.promote("late_flight", "champion", 2, 1, "second", "ann");
    }
    assertThat(
            Python.run(
                "duckdb_reads.py",
                directory.resolve("registry/warehouse").toString(),
                "select h.version, v.training_data[1].table, v.training_data[1].version,"
                    + " list_filter(v.metrics, m -> m.slice = '' and m.name = 'auc')[1].value"
                    + " from {history} h join {versions} v on v.name = h.model and v.version ="
                    + " h.version where h.model = 'late_flight' and h.alias = 'champion' and h.kind"
                    + " in ('promotion', 'rollback') order by h.done_at limit 1"))
        .containsExactly("1|training/late_flights|17|0.71234567890123");
    assertThat(
            Python.run(
                "duckdb_reads.py",
                directory.resolve("registry/warehouse").toString(),
                "select v.version, sum(octet_length(a.bytes)) = any_value(v.artifact.size) from"
                    + " {versions} v join {artifacts} a on a.content_id = v.artifact.content_id"
                    + " group by 1 order by 1"))
        .containsExactly("1|True", "2|True");
  }

  @Test
  void aModelGoesToMlflowAndComesBack() throws Exception {
    Path exported = directory.resolve("exported");
    try (Registry registry = open()) {
      ModelVersion version =
          registry
              .register(
                  ModelCandidate.named("late_flight")
                      .semver("1.2.0")
                      .input("a", "double")
                      .input("b", "double")
                      .output("score", "double")
                      .metrics("test", Map.of("auc", 0.71, "log_loss", Double.NaN))
                      .parameters(Map.of("depth", "6"))
                      .trainingData(TrainingData.of("training/late_flights", "17"))
                      .tags(Map.of("team", "ops", "yes", "no"))
                      .card("Line one:\n- \"two\" # three")
                      .author("ann")
                      .artifact(Onnx.identity(2))
                      .build())
              .version();
      MlflowDirectory.write(registry, version, exported);

      assertThat(
              Python.run(
                  "mlflow_exchange.py", exported.toString(), directory.resolve("saved").toString()))
          .containsExactly("answers [[1.5, 2.5]]", "signature ['features']");

      ModelCandidate back = MlflowDirectory.read(exported, "late_flight").build();
      assertThat(back.artifact().digest()).isEqualTo(version.artifact().digest());
      assertThat(back.details().metrics()).isEqualTo(version.details().metrics());
      assertThat(back.details().card()).isEqualTo(version.details().card());
      assertThat(back.details().tags()).containsAllEntriesOf(version.details().tags());
      assertThat(registry.register(back)).isEqualTo(new Registration(version, false));
      // What MLflow itself saved comes in too, with the columns of its graph.
      ModelVersion saved =
          registry
              .register(MlflowDirectory.read(directory.resolve("saved"), "from_mlflow").build())
              .version();
      assertThat(saved.signature().inputs())
          .containsExactly(new SignatureField("features", "tensor(double)"));
      assertThat(saved.details().tags().get("mlflow.version")).isEqualTo("3.17.2");

      assertThatThrownBy(() -> MlflowDirectory.write(registry, version, exported))
          .isInstanceOf(RegistryException.class)
          .hasMessage(
              "Cannot export late_flight@1 to '"
                  + exported
                  + "': there is an export already. Name a folder that is not there yet, in a place"
                  + " that this user may write.");
    }
  }

  @Test
  void saysWhyAFolderIsNoModelOfMlflow() throws IOException {
    assertRefused("it holds no file MLmodel");
    Files.writeString(directory.resolve("MLmodel"), "flavors:\n  sklearn:\n    data: model.pkl\n");
    assertRefused("its flavours are [sklearn], and none is onnx");
    Files.writeString(directory.resolve("MLmodel"), "flavors:\n  onnx:\n    data: ../x.onnx\n");
    assertRefused("its model lies outside of it: " + directory.resolve("../x.onnx").normalize());
    Files.writeString(directory.resolve("MLmodel"), "flavors: [\n");
    assertThatThrownBy(() -> MlflowDirectory.read(directory, "m"))
        .isInstanceOf(RegistryException.class);
  }

  private void assertRefused(String why) {
    assertThatThrownBy(() -> MlflowDirectory.read(directory, "m"))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            "Cannot import '"
                + directory
                + "' as a model of MLflow: "
                + why
                + ". Name a folder that mlflow.onnx.save_model wrote.");
  }
}
