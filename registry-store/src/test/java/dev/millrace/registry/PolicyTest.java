package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold before an alias moves, stages, and the way back. */
class PolicyTest {
  @TempDir Path directory;
  private Registry registry;

  @BeforeEach
  void openWithTwoVersions() {
    registry = Registry.open(RegistryConfig.embedded(directory));
    for (int seed = 1; seed <= 3; seed++) {
      registry.register(
          Candidates.of("late_flight", seed)
              .author("ann")
              .metrics("test", Map.of("auc", 0.6 + seed / 100.0, "log_loss", Double.NaN))
              .metric(new Metric("auc", "test", "origin=JFK", 0.5))
              .build());
    }
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void anAliasMovesWhenEveryGateHolds() {
    List<Gate> gates =
        List.of(Gate.atLeast("auc", "test", 0.62), Gate.verified(), Gate.approvedBy(1));
    registry.setPolicy("late_flight", "champion", gates, "go-live rules", "eve");
    assertThat(registry.policy("late_flight", "champion")).isEqualTo(gates);

    assertRefused(
        1,
        "ann",
        "Cannot move alias 'champion' to late_flight@1: it does not pass 'test auc >= 0.62'"
            + " (test auc is 0.61), 'verification passed' (it was not verified), 'approved by 1 other"
            + " person' (nobody else approved). Mend what is missing, or change the policy of the"
            + " alias if it asks too much.");
    registry.noteVerification("late_flight", 2, false, "row 3 answered 0.2, not 0.3", "ci");
    registry.approve("late_flight", 2, "my own work", "ann");
    assertRefused(
        2,
        "bob",
        "Cannot move alias 'champion' to late_flight@2: it does not pass 'verification passed'"
            + " (its verification failed (row 3 answered 0.2, not 0.3)), 'approved by 1 other person'"
            + " (nobody else approved). Mend what is missing, or change the policy of the alias if it"
            + " asks too much.");
    registry.noteVerification("late_flight", 2, true, "200 rows", "ci");
    registry.approve("late_flight", 2, "looks right", "bob");
    // Who moves the alias does not count as another person.
    assertThatThrownBy(() -> registry.promote("late_flight", "champion", 2, null, "go", "bob"))
        .hasMessageContaining("'approved by 1 other person' (nobody else approved)");

    AliasChange change = registry.promote("late_flight", "champion", 2, null, "go", "eve");

    assertThat(change.version()).isEqualTo(2);
    // Other aliases ask for nothing.
    registry.promote("late_flight", "challenger", 1, null, "trial", "ann");
  }

  @Test
  void gatesOfSlicesAndUpperBounds() {
    registry.setPolicy(
        "late_flight",
        "champion",
        List.of(
            Gate.atLeast("auc", "test", 0.55).ofSlice("origin=JFK"),
            Gate.atMost("log_loss", "test", 0.7),
            Gate.atLeast("f1", "test", 0.1)),
        "rules",
        "eve");

    assertRefused(
        3,
        "eve",
        "Cannot move alias 'champion' to late_flight@3: it does not pass 'test auc of origin=JFK >="
            + " 0.55' (test auc of origin=JFK is 0.5), 'test log_loss <= 0.7' (test log_loss is NaN),"
            + " 'test f1 >= 0.1' (test f1 is not known). Mend what is missing, or change the policy of"
            + " the alias if it asks too much.");
    registry.setPolicy("late_flight", "champion", List.of(), "too much", "eve");
    assertThat(registry.promote("late_flight", "champion", 3, null, "go", "eve").version())
        .isEqualTo(3);
  }

  @Test
  void rollsBackOneVersionAtATime() {
    registry.promote("late_flight", "champion", 1, null, "first", "ann");
    registry.promote("late_flight", "champion", 2, 1, "second", "ann");
    registry.promote("late_flight", "champion", 3, 2, "third", "ann");

    AliasChange back = registry.rollback("late_flight", "champion", 3, "too many alarms", "bob");
    assertThat(back.version()).isEqualTo(2);
    assertThat(back.previous()).isEqualTo(3);
    assertThatThrownBy(() -> registry.rollback("late_flight", "champion", 3, "again", "bob"))
        .isInstanceOf(AliasConflictException.class)
        .hasMessageStartingWith(
            "Cannot move alias 'champion' of model 'late_flight' back: it points to version 2 (by bob");
    assertThat(registry.rollback("late_flight", "champion", 2, "worse", "bob").version())
        .isEqualTo(1);
    assertThatThrownBy(() -> registry.rollback("late_flight", "champion", 1, "more", "bob"))
        .hasMessage(
            "Cannot roll back alias 'champion' of model 'late_flight': it pointed to no other version"
                + " before version 1. Promote the version that it should point to.");

    registry.promote("late_flight", "champion", 3, 1, "mended", "ann");
    assertThat(registry.rollback("late_flight", "champion", 3, "not mended", "bob").version())
        .isEqualTo(1);
    assertThat(registry.aliasHistory("late_flight"))
        .extracting(AliasChange::version)
        .containsExactly(1, 2, 3, 2, 1, 3, 1);
    assertThat(registry.maintenance().prove().faults()).isEmpty();
  }

  @Test
  void anArchivedVersionServesNoMore() {
    registry.promote("late_flight", "champion", 1, null, "first", "ann");
    assertThatThrownBy(() -> registry.archive("late_flight", 1, "old", "ann"))
        .hasMessage(
            "Cannot archive late_flight@1: alias champion points to it. Promote another version to it"
                + " first.");

    registry.setStage("late_flight", 2, "staging", "trial", "ann");
    registry.archive("late_flight", 2, "not wanted", "ann");

    assertThat(registry.stage("late_flight", 2)).contains("archived");
    assertThat(registry.stage("late_flight", 3)).isEmpty();
    assertThat(registry.stages("late_flight")).containsEntry(2, "archived").doesNotContainKey(3);
    assertThatThrownBy(() -> registry.promote("late_flight", "champion", 2, 1, "go", "ann"))
        .hasMessage(
            "Cannot move alias 'champion' to late_flight@2: that version is archived. Put it in another"
                + " stage first, or promote another version.");
    registry.setStage("late_flight", 2, "staging", "wanted after all", "ann");
    registry.promote("late_flight", "champion", 2, 1, "go", "ann");
    assertThat(registry.aliases("late_flight")).containsExactly(Map.entry("champion", 2));
  }

  private void assertRefused(int version, String by, String message) {
    assertThatThrownBy(() -> registry.promote("late_flight", "champion", version, null, "go", by))
        .isInstanceOf(RegistryException.class)
        .hasMessage(message);
  }
}
