package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that share a directory stand for processes: they share no lock. */
class ConcurrentWritersTest {
  private static final int THREADS = 8;
  private static final int EACH = 5;

  @TempDir Path directory;

  @Test
  void versionsHaveNoGapAndNoDuplicate() throws Exception {
    List<Integer> acknowledged = new ArrayList<>();
    try (Registry one = open();
        Registry two = open()) {
      for (List<Integer> numbers :
          together(thread -> registerFive(thread % 2 == 0 ? one : two, thread))) {
        acknowledged.addAll(numbers);
      }
      List<Integer> all = IntStream.rangeClosed(1, THREADS * EACH).boxed().toList();
      assertThat(acknowledged).containsExactlyInAnyOrderElementsOf(all);
      assertThat(one.versions("late_flight"))
          .extracting(ModelVersion::version)
          .containsExactlyElementsOf(all);
    }
  }

  @Test
  void oneOfManyRegistersTheSameContent() throws Exception {
    ModelCandidate candidate = Candidates.of("late_flight", 1).build();
    List<Registration> registrations =
        together(
            thread -> {
              try (Registry own = open()) {
                return own.register(candidate);
              }
            });
    assertThat(registrations).filteredOn(Registration::created).hasSize(1);
    assertThat(registrations).extracting(r -> r.version().version()).containsOnly(1);
  }

  @Test
  void oneOfManyMovesAnAlias() throws Exception {
    try (Registry one = open();
        Registry two = open()) {
      for (int version = 1; version <= THREADS; version++) {
        one.register(Candidates.of("late_flight", version).build());
      }
      List<Boolean> moved = together(thread -> promote(thread % 2 == 0 ? one : two, thread + 1));
      assertThat(moved).filteredOn(m -> m).hasSize(1);
      assertThat(one.aliasHistory("late_flight")).hasSize(1);
    }
  }

  private Registry open() {
    return Registry.open(RegistryConfig.embedded(directory));
  }

  private static List<Integer> registerFive(Registry registry, int thread) {
    return IntStream.range(0, EACH)
        .map(
            i ->
                registry
                    .register(Candidates.of("late_flight", thread * EACH + i).build())
                    .version()
                    .version())
        .boxed()
        .toList();
  }

  private static boolean promote(Registry registry, int version) {
    try {
      registry.promote("late_flight", "champion", version, null, "race", "thread " + version);
      return true;
    } catch (AliasConflictException e) {
      return false;
    }
  }

  /** Starts {@code work} in all threads at once, and gives what each returned. */
  private static <T> List<T> together(Work<T> work)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    try {
      List<Callable<T>> calls = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        calls.add(
            () -> {
              start.await();
              return work.run(number);
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private interface Work<T> {
    T run(int thread) throws Exception;
  }
}
