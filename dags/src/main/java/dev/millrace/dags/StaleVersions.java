package dev.millrace.dags;

import dev.millrace.features.FeatureView;
import dev.millrace.registry.DefinitionReference;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import dev.millrace.training.ModelSpec;
import dev.millrace.training.TrainingJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The registered model versions that what is to be done invalidates, in words. Named are those in
 * use, which are the newest of a model and those that an alias points to; of older ones it says how
 * many there are.
 */
final class StaleVersions {
  private final Set<String> trained;
  private final Registry registry;

  StaleVersions(Pipeline pipeline, Registry registry) {
    this.trained = pipeline.models().stream().map(ModelSpec::name).collect(Collectors.toSet());
    this.registry = registry;
  }

  /** The versions of a model that is to be trained anew. */
  List<String> of(TrainingJob job) {
    return stale(
        registry.versions(job.spec().name()),
        version -> {
          List<String> differences = job.differences(version);
          return differences.isEmpty() ? List.of("earlier data") : differences;
        });
  }

  /**
   * The versions that were trained on another view of this name, of models that the pipeline does
   * not train: those that it does are named where they are.
   */
  List<String> of(FeatureView view) {
    DefinitionReference now =
        new DefinitionReference("feature view", view.name(), view.fingerprint());
    Map<String, List<ModelVersion>> models =
        registry.lineage().impact(view.name(), "").versions().stream()
            .filter(version -> !trained.contains(version.name()))
            .collect(
                Collectors.groupingBy(ModelVersion::name, LinkedHashMap::new, Collectors.toList()));
    return models.values().stream()
        .flatMap(
            versions ->
                stale(
                    versions,
                    version ->
                        version.details().definitions().contains(now)
                            ? List.of()
                            : List.of("another " + now))
                    .stream())
        .toList();
  }

  /**
   * Those of a model's versions, the oldest first, that are made with something else than now;
   * nothing if none of these is in use.
   */
  private List<String> stale(
      List<ModelVersion> versions, Function<ModelVersion, List<String>> madeWith) {
    if (versions.isEmpty()) {
      return List.of();
    }
    String model = versions.get(0).name();
    int newest =
        registry.versions(model).stream().mapToInt(ModelVersion::version).max().orElseThrow();
    Map<String, Integer> pointing = registry.aliases(model);
    List<String> words = new ArrayList<>();
    int older = 0;
    for (ModelVersion version : versions) {
      List<String> other = madeWith.apply(version);
      if (other.isEmpty()) {
        continue;
      }
      List<String> aliases =
          pointing.entrySet().stream()
              .filter(alias -> alias.getValue() == version.version())
              .map(Map.Entry::getKey)
              .toList();
      if (aliases.isEmpty() && version.version() < newest) {
        older++;
        continue;
      }
      words.add(
          "invalidates "
              + version.reference()
              + (aliases.isEmpty() ? "" : " (" + String.join(", ", aliases) + ")")
              + ", made with "
              + String.join(", ", other));
    }
    if (!words.isEmpty() && older > 0) {
      words.add("older versions of " + model + " without an alias: " + older);
    }
    return words;
  }
}
