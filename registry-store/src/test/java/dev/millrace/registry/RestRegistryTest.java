package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The registry with a catalog that is reached over HTTP, by Iceberg's REST protocol. */
class RestRegistryTest extends RegistryContract {
  @TempDir Path directory;

  /** Each commit happens, and its caller does not hear of it. */
  @ParameterizedTest
  @EnumSource(names = {"FAILED", "DROPPED"})
  void aCommitWhoseAnswerIsLostIsFound(RestCatalogServer.Answer fate) throws IOException {
    Path other = directory.resolve("other");
    try (RestCatalogServer server = RestCatalogServer.start(other);
        Registry registry = Registry.open(server.config(other))) {
      server.answers(fate, fate);
      Registration registration = registry.register(Candidates.of("late_flight", 1).build());
      assertThat(registration.version().version()).isEqualTo(1);
      server.answers(fate);
      registry.promote("late_flight", "champion", 1, null, "first", "ann");

      assertThat(registry.versions("late_flight")).hasSize(1);
      assertThat(registry.aliasHistory("late_flight")).hasSize(1);
      assertThat(registry.artifact(registration.version())).isEqualTo(Onnx.lateFlight(1));
      assertThat(registry.maintenance().prove().faults()).isEmpty();
      registry.register(Candidates.of("late_flight", 2).build());
      assertThat(registry.versions("late_flight")).hasSize(2);
    }
  }

  @Override
  CatalogBed bed() throws IOException {
    RestCatalogServer server = RestCatalogServer.start(directory);
    RegistryConfig config = server.config(directory);
    return new CatalogBed() {
      @Override
      public RegistryConfig config() {
        return config;
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
