package dev.millrace.benchmarks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.registry.AliasChange;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code benchmarks/run registry-kills}. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class RegistryKillsTest {
  @TempDir Path directory;

  @Test
  void processesThatAreKilledLoseAndDoubleNothing() throws Exception {
    assertThat(RegistryKills.run(directory.resolve("run"), 2, 4, 150, 30, 6)).isEmpty();
  }

  @Test
  void theCheckerFindsWhatDoesNotFit() {
    Histories order = new Histories();
    order.add(
        List.of(
            "10 begin a move none 1", "20 end a moved", "30 begin b read", "40 end b points none"));
    assertThat(order.checkAlias(List.of(change(1, null, "a"))))
        .containsExactly("no moment fits: b was told none");

    Histories overlapping = new Histories();
    overlapping.add(
        List.of(
            "10 begin a move none 1", "15 begin b read", "18 end b points none", "20 end a moved"));
    assertThat(overlapping.checkAlias(List.of(change(1, null, "a")))).isEmpty();

    Histories lost = new Histories();
    lost.add(List.of("10 begin a move none 1", "20 end a moved"));
    assertThat(lost.checkAlias(List.of()))
        .containsExactly("lost: told that it moved, and it did not: a");

    Histories late = new Histories();
    late.add(
        List.of(
            "10 begin a move none 1", "20 end a moved", "30 begin b move 1 2", "40 end b moved"));
    assertThat(late.checkAlias(List.of(change(2, null, "b"), change(1, 2, "a"))))
        .anyMatch(fault -> fault.startsWith("out of order: "));
  }

  private static AliasChange change(int to, @Nullable Integer from, String reason) {
    return new AliasChange("late_flight", "champion", to, from, reason, "p0", Instant.EPOCH);
  }
}
