package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AliasTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir Path directory;
  private Registry registry;

  @BeforeEach
  void openWithThreeVersions() {
    registry = Registry.open(RegistryConfig.embedded(directory), Clock.fixed(NOW, ZoneOffset.UTC));
    for (int seed = 1; seed <= 3; seed++) {
      registry.register(Candidates.of("late_flight", seed).build());
    }
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void keepsEveryMoveInOrderEvenIfTheClockStands() {
    registry.promote("late_flight", "champion", 1, null, "first", "ann");
    registry.promote("late_flight", "challenger", 2, null, "trial", "bob");
    registry.promote("late_flight", "champion", 2, 1, "auc 0.71 > 0.69", "ann");

    assertThat(registry.aliasHistory("late_flight"))
        .containsExactly(
            new AliasChange("late_flight", "champion", 1, null, "first", "ann", NOW),
            new AliasChange(
                "late_flight", "challenger", 2, null, "trial", "bob", NOW.plusNanos(1_000)),
            new AliasChange(
                "late_flight", "champion", 2, 1, "auc 0.71 > 0.69", "ann", NOW.plusNanos(2_000)));
    assertThat(registry.alias("late_flight", "champion")).contains(2);
    assertThat(registry.resolve("late_flight@challenger").version()).isEqualTo(2);
  }

  @Test
  void movesOnlyFromTheExpectedVersion() {
    registry.promote("late_flight", "champion", 2, null, "first", "ann");

    assertThatThrownBy(() -> registry.promote("late_flight", "champion", 3, 1, "new", "bob"))
        .isInstanceOfSatisfying(
            AliasConflictException.class, e -> assertThat(e.current()).isEqualTo(2))
        .hasMessage(
            "Cannot move alias 'champion' of model 'late_flight' to version 3: it points to version 2"
                + " (by ann at 2026-03-01T10:00:00Z: first), version 1 was expected."
                + " Look at what it points to, and promote with that as the expected version if the move is"
                + " still right.");
    assertThatThrownBy(() -> registry.promote("late_flight", "staging", 3, 1, "new", "bob"))
        .isInstanceOf(AliasConflictException.class)
        .hasMessageContaining("it does not exist, version 1 was expected.");
    assertThatThrownBy(() -> registry.promote("late_flight", "champion", 3, null, "new", "bob"))
        .isInstanceOf(AliasConflictException.class)
        .hasMessageContaining("it was expected not to exist.");
    assertThat(registry.alias("late_flight", "champion")).contains(2);
    assertThat(registry.aliasHistory("late_flight")).hasSize(1);
  }

  @Test
  void promotingTheVersionAlreadyHeldWritesNothing() {
    AliasChange first = registry.promote("late_flight", "champion", 1, null, "first", "ann");

    assertThat(registry.promote("late_flight", "champion", 1, null, "again", "bob"))
        .isEqualTo(first);
    assertThat(registry.aliasHistory("late_flight")).containsExactly(first);
  }

  @Test
  void refusesWhatDoesNotExistOrCannotBeNamed() {
    assertThatThrownBy(() -> registry.promote("late_flight", "champion", 4, null, "new", "ann"))
        .isInstanceOf(RegistryException.class)
        .hasMessage("Cannot resolve version 4 of model 'late_flight': its versions are 1 to 3.");
    assertThatThrownBy(() -> registry.promote("late_flight", "12", 1, null, "new", "ann"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot use '12' as an alias: it must start with a letter and hold only letters, digits,"
                + " '_', '.' and '-', at most 128 of them.");
    assertThatThrownBy(() -> registry.promote("late_flight", "champion", 1, null, " ", "ann"))
        .hasMessage("The reason of a promotion is blank.");
    assertThat(registry.alias("late_flight", "champion")).isEmpty();
    assertThat(registry.alias("lost", "champion")).isEmpty();
  }
}
