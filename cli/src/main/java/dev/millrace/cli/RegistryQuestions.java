package dev.millrace.cli;

import dev.millrace.registry.HistoryEvent;
import dev.millrace.registry.Lineage;
import dev.millrace.registry.LineageNode;
import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that ask what is made of what. */
final class RegistryQuestions {
  private RegistryQuestions() {}

  /** Follows lineage. */
  @Command(
      name = "lineage",
      description = {
        "Show what something is made of, or what was made of it.",
        "It is KIND:NAME[@VERSION] with source, table, feature-view, training-set, model, predictions or report."
      })
  static final class LineageOf extends RegistryTask {
    @Parameters(paramLabel = "NODE", description = "Such as model:late_flight@12.")
    private String node = "";

    @Option(names = "--downstream", description = "What was made of it.")
    private boolean downstream;

    @Override
    int run(Registry registry) {
      LineageNode from = LineageNode.parse(node);
      Lineage lineage = registry.lineage();
      List<Lineage.Step> steps = downstream ? lineage.downstream(from) : lineage.upstream(from);
      if (steps.isEmpty()) {
        say(
            "Nothing is known "
                + (downstream ? "that was made of " : "of what made ")
                + from
                + ".");
        return 0;
      }
      TextTable table = new TextTable("depth", "node", downstream ? "made of" : "part of");
      steps.forEach(
          step ->
              table.row(
                  Integer.toString(step.depth()), step.node().toString(), step.by().toString()));
      show(table);
      return 0;
    }
  }

  /** Asks what a change of a feature reaches. */
  @Command(name = "impact", description = "Show what a change of a feature, or of a view, reaches.")
  static final class Impact extends RegistryTask {
    @Option(
        names = "--feature",
        required = true,
        paramLabel = "VIEW[.FEATURE]",
        description = "Such as origin_delays.avg_delay_1h.")
    private String feature = "";

    @Override
    int run(Registry registry) {
      int dot = feature.indexOf('.');
      String view = dot < 0 ? feature : feature.substring(0, dot);
      Lineage.Impact impact =
          registry.lineage().impact(view, dot < 0 ? "" : feature.substring(dot + 1));
      TextTable table = new TextTable("what", "which");
      impact.versions().forEach(version -> table.row("model version", version.reference()));
      impact.aliases().forEach((alias, version) -> table.row("serving", alias + " -> " + version));
      impact.downstream().forEach(step -> table.row("made of it", step.node().toString()));
      if (impact.versions().isEmpty()) {
        say("No model version takes " + feature + ".");
      } else {
        show(table);
      }
      return 0;
    }
  }

  /** Tells all of one version. */
  @Command(
      name = "audit",
      description = "Show how a version came about, what was done to it, and what was made of it.")
  static final class Audit extends RegistryTask {
    @Option(
        names = "--model",
        required = true,
        paramLabel = "MODEL@VERSION",
        description = "Such as late_flight@12 or late_flight@champion.")
    private String reference = "";

    @Override
    int run(Registry registry) {
      ModelVersion version = version(registry, reference);
      TextTable facts = new TextTable("what", "value");
      RegistryLook.facts(version).forEach((what, value) -> facts.row(what, value));
      show(facts);
      Lineage lineage = registry.lineage();
      LineageNode node = Lineage.node(version);
      TextTable nodes = new TextTable("lineage", "node", "of");
      lineage
          .upstream(node)
          .forEach(step -> nodes.row("made of", step.node().toString(), step.by().toString()));
      lineage
          .downstream(node)
          .forEach(step -> nodes.row("made from it", step.node().toString(), step.by().toString()));
      say("");
      show(nodes);
      TextTable history = new TextTable("at", "what", "alias", "by", "reason");
      for (HistoryEvent event : registry.history(version.name())) {
        if (Objects.equals(event.version(), version.version())
            || Objects.equals(event.previous(), version.version())) {
          history.row(
              event.at().toString(),
              RegistryLook.History.what(event) + " of " + event.version(),
              event.alias() == null ? "" : event.alias(),
              event.by(),
              event.reason());
        }
      }
      say("");
      show(history);
      return 0;
    }
  }
}
