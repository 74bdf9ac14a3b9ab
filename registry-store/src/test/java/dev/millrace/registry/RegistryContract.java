package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.catalog.Catalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a registry does whatever its catalog. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
abstract class RegistryContract {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456789Z");
  private static final Instant KEPT = Instant.parse("2026-03-01T10:00:00.123456Z");

  private CatalogBed bed;
  private Registry registry;

  /** A catalog that holds no registry yet. */
  abstract CatalogBed bed() throws Exception;

  @BeforeEach
  void open() throws Exception {
    bed = bed();
    registry = Registry.open(bed.config(), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @AfterEach
  void close() {
    registry.close();
    bed.close();
  }

  @Test
  void readsBackEveryFieldAsRegistered() {
    byte[] artifact = Onnx.heavy(1, 2 * ArtifactStore.PART + 5);
    ModelCandidate candidate = Candidates.full(artifact);

    Registration registration = registry.register(candidate);

    assertThat(registration.created()).isTrue();
    ModelVersion read = registry.resolve("late_flight@1");
    assertThat(read).isEqualTo(registration.version());
    assertThat(read.state()).isEqualTo(VersionState.READY);
    assertThat(read.createdAt()).isEqualTo(KEPT);
    assertThat(read.contentFingerprint()).isEqualTo(candidate.contentFingerprint());
    assertThat(read.details())
        .isEqualTo(
            candidate
                .details()
                .with(
                    new Signature(
                        candidate.details().signature().inputs(),
                        candidate.details().signature().outputs(),
                        List.of(
                            new Tensor("avg_delay_1h", "tensor(double)", List.of(-1L, 1L)),
                            new Tensor("origin", "tensor(string)", List.of(-1L, 1L))),
                        List.of(new Tensor("probability", "tensor(float)", List.of(-1L, 1L))))));
    assertThat(registry.artifact(read)).isEqualTo(artifact);
    assertThat(registry.verificationRows(read)).isEqualTo(Candidates.bytes("[{\"in\":1}]"));
    assertThat(registry.trainingProfile(read)).isEqualTo(Candidates.bytes("profile"));
    assertThat(registry.definition(Candidates.ORIGIN_DELAYS))
        .contains(new Definition(Candidates.ORIGIN_DELAYS, "view origin_delays ...", "ann", KEPT));
  }

  @Test
  void keepsLargeArtifactsPartByPart() {
    byte[] artifact = Onnx.heavy(2, (int) ArtifactStore.LARGE + 17);

    ModelVersion version =
        registry.register(Candidates.of("late_flight", 2).artifact(artifact).build()).version();

    assertThat(version.state()).isEqualTo(VersionState.READY);
    assertThat(registry.artifact(version)).isEqualTo(artifact);
    assertThat(registry.versions("late_flight")).containsExactly(version);
    assertThat(registry.register(Candidates.of("late_flight", 2).artifact(artifact).build()))
        .isEqualTo(new Registration(version, false));
  }

  @Test
  void readsBackWhatWasNotGivenAsEmpty() {
    ModelVersion read = registry.register(Candidates.of("late_flight", 1).build()).version();

    assertThat(registry.versions("late_flight")).containsExactly(read);
    assertThat(read.details().metrics()).isEmpty();
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
    assertThat(registry.versions())
        .extracting(ModelVersion::reference)
        .containsExactly("fare@1", "late_flight@1", "late_flight@2");
    assertThat(registry.versions("lost")).isEmpty();
  }

  @Test
  void aSecondRegistrySeesWhatTheFirstWrote() {
    ModelVersion written = registry.register(Candidates.of("late_flight", 1).build()).version();
    AliasChange change = registry.promote("late_flight", "champion", 1, null, "first", "ann");

    try (Registry second = Registry.open(bed.config())) {
      assertThat(second.models()).containsExactly("late_flight");
      assertThat(second.resolve("late_flight@champion")).isEqualTo(written);
      assertThat(second.artifact(written)).isEqualTo(Onnx.lateFlight(1));
      assertThat(second.aliasHistory("late_flight")).containsExactly(change);
      second.register(Candidates.of("late_flight", 2).build());
    }
    // What another process wrote since is seen by the first, in reads and in numbers.
    ModelVersion third = registry.register(Candidates.of("late_flight", 3).build()).version();
    assertThat(third.version()).isEqualTo(3);
  }

  @Test
  void twoRegistriesInTurnKeepOneNumbering() {
    try (Registry second = Registry.open(bed.config())) {
      for (int seed = 1; seed <= 6; seed++) {
        Registry turn = seed % 2 == 0 ? second : registry;
        assertThat(turn.register(Candidates.of("late_flight", seed).build()).version().version())
            .isEqualTo(seed);
      }
    }
    assertThat(registry.maintenance().prove().faults()).isEmpty();
  }

  @Test
  void staysWholeWhenItIsMadeSmaller() {
    for (int seed = 1; seed <= 2 * Upkeep.SMALL_FILES + 3; seed++) {
      registry.register(Candidates.of("late_flight", seed).build());
    }
    registry.promote("late_flight", "champion", 5, null, "first", "ann");
    registry.promote("late_flight", "champion", 6, 5, "second", "ann");
    List<ModelVersion> before = registry.versions();

    registry.maintenance().compact();
    Maintenance.Collected collected =
        registry.maintenance().collectBefore(Instant.now().plus(Duration.ofHours(1)));

    assertThat(collected.contents()).isZero();
    assertThat(registry.versions()).isEqualTo(before);
    Maintenance.Proof proof = registry.maintenance().prove();
    assertThat(proof.faults()).isEmpty();
    assertThat(proof.versions()).isEqualTo(2 * Upkeep.SMALL_FILES + 3);
    assertThat(registry.alias("late_flight", "champion")).contains(6);
    ModelVersion next = registry.register(Candidates.of("late_flight", 0).build()).version();
    assertThat(next.version()).isEqualTo(2 * Upkeep.SMALL_FILES + 4);
  }

  @Test
  void takesAwayWhatNoVersionRefersTo() throws Exception {
    registry.register(Candidates.of("late_flight", 1).build());
    Catalog catalog = Catalogs.open(bed.config());
    try (ArtifactStore artifacts = new ArtifactStore(catalog, Clock.systemUTC())) {
      artifacts.put(List.of(Content.of(new byte[] {1, 2, 3})));
    } finally {
      ((java.io.Closeable) catalog).close();
    }
    Instant later = Instant.now().plus(Duration.ofHours(1));

    assertThat(registry.maintenance().collectBefore(later).contents()).isEqualTo(1);
    assertThat(registry.maintenance().collectBefore(later).contents()).isZero();
    assertThat(registry.maintenance().prove().faults()).isEmpty();
    assertThat(registry.artifact(registry.resolve("late_flight@1"))).isEqualTo(Onnx.lateFlight(1));
  }

  @Test
  void keepsADefinitionOnceForEachMeaning() {
    DefinitionReference view = new DefinitionReference("feature view", "delays", "f1");
    registry.define(view, "first text", "ann");
    registry.define(view, "first text", "bob");
    try (Registry second = Registry.open(bed.config())) {
      second.define(view, "first text", "eve");
      second.define(new DefinitionReference("feature view", "delays", "f2"), "second text", "eve");
    }
    assertThat(registry.definitions())
        .extracting(each -> each.reference().fingerprint() + " " + each.text() + " " + each.by())
        .containsExactly("f1 first text ann", "f2 second text eve");
  }

  @Test
  void recordsARunOnce() {
    LineageRun run =
        new LineageRun(
            "0d9f2f0e-4b1a-4b0c-8d43-0d2a3a3a7c11",
            "score held_out_week",
            KEPT,
            KEPT.plusSeconds(1),
            List.of(new LineageNode(LineageNode.Kind.MODEL, "late_flight", "1")),
            List.of(new LineageNode(LineageNode.Kind.PREDICTIONS, "scoring/week", "4")),
            Map.of("rows", "10"));
    registry.record(run);
    registry.record(run);

    assertThat(registry.lineage().upstream(LineageNode.parse("predictions:scoring/week@4")))
        .extracting(step -> step.node().toString())
        .containsExactly("model:late_flight@1");
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

  @Test
  void aCachedAnswerIsAsOldAsItMayBe() {
    registry.register(Candidates.of("late_flight", 1).build());
    registry.register(Candidates.of("late_flight", 2).build());
    registry.promote("late_flight", "champion", 1, null, "first", "ann");
    Duration hour = Duration.ofHours(1);
    assertThat(registry.resolveWithin(hour, "late_flight@champion").version()).isEqualTo(1);

    registry.promote("late_flight", "champion", 2, 1, "second", "ann");

    assertThat(registry.resolveWithin(hour, "late_flight@champion").version()).isEqualTo(1);
    assertThat(registry.resolveWithin(Duration.ZERO, "late_flight@champion").version())
        .isEqualTo(2);
    assertThat(registry.resolveWithin(hour, "late_flight@champion").version()).isEqualTo(2);
  }

  private void assertUnresolved(String reference, String message) {
    assertThatThrownBy(() -> registry.resolve(reference))
        .isInstanceOf(RegistryException.class)
        .hasMessage(message);
  }
}
