package dev.millrace.cli;

import dev.millrace.registry.HistoryEvent;
import dev.millrace.registry.Metric;
import dev.millrace.registry.ModelDetails;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Commands that only look. */
final class RegistryLook {
  private RegistryLook() {}

  /** Lists every version of every model. */
  @Command(name = "list", description = "List every version of every model.")
  static final class ListVersions extends RegistryTask {
    @Override
    int run(Registry registry) {
      TextTable table =
          new TextTable(
              "version", "state", "alias", "stage", "test AUC", "created", "code", "sha256");
      for (String model : registry.models()) {
        Map<String, Integer> aliases = registry.aliases(model);
        Map<Integer, String> stages = registry.stages(model);
        for (ModelVersion version : registry.versions(model)) {
          String pointing =
              aliases.entrySet().stream()
                  .filter(each -> each.getValue() == version.version())
                  .map(Map.Entry::getKey)
                  .collect(Collectors.joining(", "));
          table.row(
              version.reference(),
              version.state().name().toLowerCase(Locale.ROOT),
              pointing,
              stages.getOrDefault(version.version(), ""),
              String.format(
                  Locale.ROOT, "%.4f", version.details().metric("auc", "test").orElse(Double.NaN)),
              version.createdAt().toString(),
              version.details().code().commit(),
              version.artifact().digest().sha256().substring(0, 12));
        }
      }
      show(table);
      return 0;
    }
  }

  /** Shows one version. */
  @Command(name = "show", description = "Show all that is known of a version.")
  static final class Show extends RegistryTask {
    @Parameters(paramLabel = "MODEL@VERSION", description = "A version, by number or alias.")
    private String reference = "";

    @Override
    int run(Registry registry) {
      TextTable table = new TextTable("what", "value");
      facts(version(registry, reference)).forEach((what, value) -> table.row(what, value));
      show(table);
      return 0;
    }
  }

  /** Shows how two versions differ. */
  @Command(name = "diff", description = "Show how two versions differ.")
  static final class Diff extends RegistryTask {
    @Parameters(index = "0", paramLabel = "ONE", description = "A version, by number or alias.")
    private String one = "";

    @Parameters(index = "1", paramLabel = "OTHER", description = "Another.")
    private String other = "";

    @Override
    int run(Registry registry) {
      Map<String, String> left = facts(version(registry, one));
      Map<String, String> right = facts(version(registry, other));
      TextTable table =
          new TextTable(
              "what", version(registry, one).reference(), version(registry, other).reference());
      TreeSet<String> keys = new TreeSet<>(left.keySet());
      keys.addAll(right.keySet());
      for (String key : keys) {
        if (!Objects.equals(left.get(key), right.get(key))) {
          table.row(key, left.getOrDefault(key, ""), right.getOrDefault(key, ""));
        }
      }
      show(table);
      return 0;
    }
  }

  /** Shows what was done to a model. */
  @Command(name = "history", description = "Show all that was done to a model, oldest first.")
  static final class History extends RegistryTask {
    @Parameters(paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Override
    int run(Registry registry) {
      TextTable table = new TextTable("at", "what", "alias", "version", "by", "reason");
      for (HistoryEvent event : registry.history(model)) {
        table.row(
            event.at().toString(),
            what(event),
            event.alias() == null ? "" : event.alias(),
            event.version() == null ? "" : String.valueOf(event.version()),
            event.by(),
            event.reason());
      }
      show(table);
      return 0;
    }

    static String what(HistoryEvent event) {
      String kind = event.kind().name().toLowerCase(Locale.ROOT);
      return switch (event.kind()) {
        case STAGE -> kind + " " + event.stage();
        case VERIFICATION -> kind + (Boolean.TRUE.equals(event.passed()) ? " passed" : " failed");
        case POLICY -> kind + " " + event.gates();
        case PROMOTION, ROLLBACK, APPROVAL -> kind;
      };
    }
  }

  /** What is known of a version, a line each. */
  static Map<String, String> facts(ModelVersion version) {
    ModelDetails details = version.details();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("version", version.reference());
    facts.put("state", version.state().name().toLowerCase(Locale.ROOT));
    facts.put("semver", details.semver());
    facts.put("created", version.createdAt().toString());
    facts.put("author", details.author());
    facts.put("description", details.description());
    facts.put("flavour", details.flavour());
    facts.put("content", version.contentFingerprint());
    facts.put("artifact", version.artifact().digest().toString());
    facts.put("code", details.code().commit() + (details.code().dirty() ? " with changes" : ""));
    details.parameters().forEach((name, value) -> facts.put("parameter " + name, value));
    for (Metric metric : details.metrics()) {
      facts.put(
          "metric "
              + metric.split()
              + " "
              + metric.name()
              + (metric.slice().isEmpty() ? "" : " of " + metric.slice()),
          Double.toString(metric.value()));
    }
    details
        .trainingData()
        .forEach(data -> facts.put("trained on " + data.table(), "version " + data.version()));
    details
        .definitions()
        .forEach(each -> facts.put(each.kind() + " " + each.name(), each.fingerprint()));
    details.environment().forEach((name, value) -> facts.put("environment " + name, value));
    details.tags().forEach((name, value) -> facts.put("tag " + name, value));
    facts.put("inputs", names(version.signature().inputs()));
    facts.put("outputs", names(version.signature().outputs()));
    facts.put("takes", version.signature().inputTensors().toString());
    facts.put("gives", version.signature().outputTensors().toString());
    facts.put("card", details.card());
    return facts;
  }

  private static String names(List<dev.millrace.registry.SignatureField> fields) {
    return fields.stream()
        .map(field -> field.name() + " " + field.type())
        .collect(Collectors.joining(", "));
  }
}
