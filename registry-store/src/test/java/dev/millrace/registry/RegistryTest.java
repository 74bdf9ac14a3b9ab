package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456789Z");

  @TempDir Path directory;
  private Registry registry;

  @BeforeEach
  void open() {
    registry = Registry.open(RegistryConfig.embedded(directory), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void readsBackEveryFieldAsRegistered() {
    byte[] artifact = new byte[2 * Content.CHUNK + 5];
    new Random(1).nextBytes(artifact);
    ModelCandidate candidate = Candidates.full(artifact);

    Registration registration = registry.register(candidate);

    ModelVersion expected =
        ModelVersion.of(candidate, 1, Instant.parse("2026-03-01T10:00:00.123456Z"));
    assertThat(registration).isEqualTo(new Registration(expected, true));
    ModelVersion read = registry.resolve("late_flight@1");
    assertThat(read).isEqualTo(expected);
    assertThat(registry.artifact(read)).isEqualTo(artifact);
    assertThat(registry.verificationRows(read)).isEqualTo(Candidates.bytes("[{\"in\":1}]"));
    assertThat(registry.trainingProfile(read)).isEqualTo(Candidates.bytes("profile"));
  }

  @Test
  void readsBackWhatWasNotGivenAsEmpty() {
    ModelVersion read = registry.register(Candidates.of("late_flight", 1).build()).version();

    assertThat(registry.versions("late_flight")).containsExactly(read);
    assertThat(read.metrics()).isEmpty();
    assertThat(registry.verificationRows(read)).isEmpty();
    assertThat(registry.trainingProfile(read)).isEmpty();
  }

  @Test
  void keepsOneVersionOfTheSameContent() {
    ModelVersion first =
        registry.register(Candidates.of("late_flight", 1).author("ann").build()).version();
    registry.register(Candidates.of("late_flight", 2).build());

    Registration again = registry.register(Candidates.of("late_flight", 1).author("bob").build());

    assertThat(again).isEqualTo(new Registration(first, false));
    assertThat(registry.versions("late_flight"))
        .extracting(ModelVersion::version)
        .containsExactly(1, 2);
  }

  @Test
  void numbersEachModelOnItsOwn() {
    registry.register(Candidates.of("late_flight", 1).build());
    registry.register(Candidates.of("fare", 1).build());
    registry.register(Candidates.of("late_flight", 2).build());

    assertThat(registry.models()).containsExactly("fare", "late_flight");
    assertThat(registry.resolve("fare@1").reference()).isEqualTo("fare@1");
    assertThat(registry.resolve("late_flight@2").reference()).isEqualTo("late_flight@2");
    assertThat(registry.versions("lost")).isEmpty();
  }

  @Test
  void aSecondRegistrySeesWhatTheFirstWrote() {
    ModelVersion written = registry.register(Candidates.of("late_flight", 1).build()).version();
    AliasChange change = registry.promote("late_flight", "champion", 1, null, "first", "ann");

    try (Registry second = Registry.open(RegistryConfig.embedded(directory))) {
      assertThat(second.models()).containsExactly("late_flight");
      assertThat(second.resolve("late_flight@champion")).isEqualTo(written);
      assertThat(second.artifact(written)).isEqualTo(Candidates.bytes("onnx 1"));
      assertThat(second.aliasHistory("late_flight")).containsExactly(change);
    }
  }

  @Test
  void saysWhatIsKnownWhereAReferenceMeansNothing() {
    registry.register(Candidates.of("late_flight", 1).build());
    registry.register(Candidates.of("late_flight", 2).build());
    registry.promote("late_flight", "champion", 1, null, "first", "ann");

    assertUnresolved(
        "late_fligth@champion",
        "Cannot resolve model 'late_fligth' in registry 'registry': known are [late_flight]."
            + " Did you mean 'late_flight'?");
    assertUnresolved(
        "late_fligth@1",
        "Cannot resolve model 'late_fligth' in registry 'registry': known are [late_flight]."
            + " Did you mean 'late_flight'?");
    assertUnresolved(
        "late_flight@champoin",
        "Cannot resolve alias 'champoin' in model 'late_flight': known are [champion]."
            + " Did you mean 'champion'?");
    assertUnresolved(
        "late_flight@7",
        "Cannot resolve version 7 of model 'late_flight': its versions are 1 to 2.");
    assertUnresolved(
        "late_flight",
        "Cannot resolve model reference 'late_flight': it names no version and no alias."
            + " Write model@version or model@alias, such as late_flight@12 or late_flight@champion.");
  }

  private void assertUnresolved(String reference, String message) {
    assertThatThrownBy(() -> registry.resolve(reference))
        .isInstanceOf(RegistryException.class)
        .hasMessage(message);
  }
}
