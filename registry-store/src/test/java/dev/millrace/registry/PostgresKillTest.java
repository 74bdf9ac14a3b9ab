package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server of the catalog is killed while threads register, and started again. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresKillTest {
  private static final int THREADS = 6;
  private static final int EACH = 20;
  private static final int KILLS = 4;

  @TempDir Path directory;

  private final Map<Integer, Integer> acknowledged = new ConcurrentHashMap<>();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final Semaphore some = new Semaphore(0);

  @Test
  void whatWasAcknowledgedStaysAndNothingIsThereTwice() throws Exception {
    Optional<PostgresServer> installed = PostgresServer.start();
    Assumptions.assumeTrue(installed.isPresent(), "There is no PostgreSQL of Debian's here.");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (PostgresServer server = installed.get()) {
      RegistryConfig config = config(server);
      try (Registry registry = Registry.open(config)) {
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          int first = thread * EACH;
          all.add(threads.submit(() -> register(registry, first)));
        }
        for (int kill = 0; kill < KILLS; kill++) {
          some.acquire(THREADS * EACH / (KILLS + 1));
          server.kill();
          server.begin();
        }
        for (Future<?> each : all) {
          each.get();
        }
        server.kill();
        assertThatThrownBy(() -> registry.resolve("late_flight@1"))
            .isInstanceOf(RegistryException.class)
            .hasMessageStartingWith("Cannot read models.versions: its catalog does not answer (")
            .hasMessageEndingWith("). Check that the catalog can be reached, and ask again.");
        server.begin();
        assertThat(registry.resolve("late_flight@1").version()).isEqualTo(1);
      }
      try (Registry registry = Registry.open(config)) {
        List<ModelVersion> versions = registry.versions("late_flight");
        assertThat(versions)
            .extracting(ModelVersion::version)
            .containsExactlyElementsOf(IntStream.rangeClosed(1, THREADS * EACH).boxed().toList());
        assertThat(acknowledged).hasSize(THREADS * EACH);
        versions.forEach(
            version ->
                assertThat(version.details().parameters().get("seed"))
                    .isEqualTo(String.valueOf(acknowledged.get(version.version()))));
        assertThat(registry.maintenance().prove().faults()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
    told.forEach(System.err::println);
    assertThat(told).allSatisfy(message -> assertThat(message).startsWith("Cannot ").endsWith("."));
  }

  private RegistryConfig config(PostgresServer server) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(server.uri("postgres"), "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create database registry");
    }
    return new RegistryConfig(
        "registry",
        Map.of(
            "type",
            "jdbc",
            "uri",
            server.uri("registry"),
            "jdbc.user",
            "postgres",
            "warehouse",
            "file:" + directory));
  }

  /** What is refused is done again, as its message says. */
  private void register(Registry registry, int first) {
    for (int seed = first; seed < first + EACH; ) {
      try {
        ModelCandidate candidate = Candidates.of("late_flight", seed).build();
        acknowledged.put(registry.register(candidate).version().version(), seed);
        some.release();
        seed++;
      } catch (RegistryException refused) {
        told.add(refused.getMessage());
      }
    }
  }
}
