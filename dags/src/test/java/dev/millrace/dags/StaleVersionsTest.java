package dev.millrace.dags;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.features.FeatureView;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.ModelCandidate;
import dev.millrace.registry.ModelCandidateBuilder;
import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import dev.millrace.training.CodeVersion;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.TrainingJob;
import dev.millrace.training.TrainingSet;
import dev.millrace.transforms.bytes.Digest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaleVersionsTest {
  private final Pipeline pipeline = Visits.pipeline("nowhere", Optional.empty());
  private final Pipeline wider = Visits.pipeline("nowhere", Optional.empty(), true);

  @TempDir Path directory;
  private Registry registry;
  private byte bytes;

  @BeforeEach
  void open() {
    registry = Registry.open(RegistryConfig.embedded(directory));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  /** Registers a version as if it was trained by the definitions of a pipeline. */
  private void register(String name, Pipeline by, Map<String, String> otherParameters) {
    ModelSpec model = by.models().get(0);
    TrainingSet set = model.trainingSet();
    FeatureView view = set.views().get(0);
    Map<String, String> parameters = new TreeMap<>(model.trainer().parameters());
    parameters.put("trainer", model.trainer().kind());
    parameters.putAll(otherParameters);
    ModelCandidateBuilder candidate =
        ModelCandidate.named(name)
            .flavour("bytes")
            .input("shop", "string")
            .output("score", "double")
            .parameters(parameters)
            .author("tester")
            .artifact(new byte[] {bytes++})
            .definition(
                new DefinitionReference("training set", set.name(), set.fingerprint()),
                set.canonical())
            .definition(
                new DefinitionReference("label", "big", Digest.sha256("visits: spent > 40")),
                "visits: spent > 40")
            .definition(
                new DefinitionReference("feature view", view.name(), view.fingerprint()),
                view.canonical());
    registry.register(candidate.build());
  }

  private static TrainingJob training(Pipeline of) {
    return new TrainingJob(of.models().get(0), new CodeVersion("", false), "");
  }

  @Test
  void nothingIsStaleWhereNothingIsRegistered() {
    StaleVersions stale = new StaleVersions(pipeline, registry);
    assertThat(stale.of(training(pipeline))).isEmpty();
    assertThat(stale.of(pipeline.views().get(0))).isEmpty();
  }

  @Test
  void aVersionOfTheSameDefinitionsHasEarlierData() {
    register("big_spender", pipeline, Map.of());
    assertThat(new StaleVersions(pipeline, registry).of(training(pipeline)))
        .containsExactly("invalidates big_spender@1, made with earlier data");
  }

  @Test
  void saysWhichParametersAndDefinitionsAreOthers() {
    register("big_spender", pipeline, Map.of("trees", "7"));
    assertThat(new StaleVersions(pipeline, registry).of(training(pipeline)))
        .containsExactly("invalidates big_spender@1, made with other parameters");
    assertThat(new StaleVersions(wider, registry).of(training(wider)))
        .containsExactly(
            "invalidates big_spender@1, made with another training set spenders, "
                + "another feature view shop_habits, other parameters");
  }

  @Test
  void namesTheNewestAndThoseWithAnAliasAndCountsTheOthers() {
    for (int version = 1; version <= 5; version++) {
      register("big_spender", pipeline, Map.of());
    }
    registry.promote("big_spender", "champion", 2, null, "good", "tester");
    registry.promote("big_spender", "shadow", 2, null, "as well", "tester");
    assertThat(new StaleVersions(pipeline, registry).of(training(pipeline)))
        .containsExactly(
            "invalidates big_spender@2 (champion, shadow), made with earlier data",
            "invalidates big_spender@5, made with earlier data",
            "older versions of big_spender without an alias: 3");
  }

  @Test
  void aViewNamesVersionsOfOtherModelsThatTookAnotherOfItsName() {
    register("elsewhere", pipeline, Map.of());
    register("big_spender", pipeline, Map.of());
    FeatureView other = wider.views().get(0);
    assertThat(new StaleVersions(pipeline, registry).of(pipeline.views().get(0))).isEmpty();
    assertThat(new StaleVersions(wider, registry).of(other))
        .containsExactly("invalidates elsewhere@1, made with another feature view shop_habits");

    register("elsewhere", wider, Map.of());
    assertThat(new StaleVersions(wider, registry).of(other)).isEmpty();
    registry.promote("elsewhere", "champion", 1, null, "the second is worse", "tester");
    assertThat(new StaleVersions(wider, registry).of(other))
        .containsExactly(
            "invalidates elsewhere@1 (champion), made with another feature view shop_habits");
  }
}
