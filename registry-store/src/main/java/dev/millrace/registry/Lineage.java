package dev.millrace.registry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What is made of what: sources, tables, views, training sets, model versions, predictions and
 * reports, as the runs and the registered versions say. A picture of one moment.
 */
public final class Lineage {
  static final String FEATURE_VIEW = "feature view";
  static final String TRAINING_SET = "training set";

  private final List<ModelVersion> versions;
  private final Function<String, Map<String, Integer>> aliases;
  private final Map<LineageNode, Set<LineageNode>> from = new LinkedHashMap<>();
  private final Map<LineageNode, Set<LineageNode>> to = new LinkedHashMap<>();

  private Lineage(List<ModelVersion> versions, Function<String, Map<String, Integer>> aliases) {
    this.versions = versions;
    this.aliases = aliases;
  }

  static Lineage of(
      List<ModelVersion> versions,
      List<LineageRun> runs,
      Function<String, Map<String, Integer>> aliases) {
    Lineage lineage = new Lineage(versions, aliases);
    for (ModelVersion version : versions) {
      madeOf(version).forEach(input -> lineage.connect(input, node(version)));
    }
    for (LineageRun run : runs) {
      for (LineageNode output : run.outputs()) {
        run.inputs().forEach(input -> lineage.connect(input, output));
      }
    }
    return lineage;
  }

  private void connect(LineageNode input, LineageNode output) {
    if (!input.equals(output)) {
      to.computeIfAbsent(input, any -> new LinkedHashSet<>()).add(output);
      from.computeIfAbsent(output, any -> new LinkedHashSet<>()).add(input);
    }
  }

  /** A model version's node. */
  public static LineageNode node(ModelVersion version) {
    return new LineageNode(
        LineageNode.Kind.MODEL, version.name(), Integer.toString(version.version()));
  }

  /** What a version says itself that it is made of. */
  public static List<LineageNode> madeOf(ModelVersion version) {
    List<LineageNode> nodes = new ArrayList<>();
    List<DefinitionReference> definitions = version.details().definitions();
    for (TrainingData data : version.details().trainingData()) {
      boolean isSet =
          definitions.stream()
              .anyMatch(
                  each ->
                      each.kind().equals(TRAINING_SET) && data.table().endsWith("/" + each.name()));
      nodes.add(
          new LineageNode(
              isSet ? LineageNode.Kind.TRAINING_SET : LineageNode.Kind.TABLE,
              data.table(),
              data.version()));
    }
    definitions.stream()
        .filter(each -> each.kind().equals(FEATURE_VIEW))
        .map(
            each -> new LineageNode(LineageNode.Kind.FEATURE_VIEW, each.name(), each.fingerprint()))
        .forEach(nodes::add);
    return nodes;
  }

  /**
   * One step of a path.
   *
   * @param depth how many steps from where the question began, from 1
   * @param node what was found
   * @param by the node that led to it
   */
  public record Step(int depth, LineageNode node, LineageNode by) {}

  /** All that a node is made of, the nearest first; every version of it if it names none. */
  public List<Step> upstream(LineageNode node) {
    return walk(node, from);
  }

  /** All that is made of a node, the nearest first; every version of it if it names none. */
  public List<Step> downstream(LineageNode node) {
    return walk(node, to);
  }

  private static List<Step> walk(LineageNode start, Map<LineageNode, Set<LineageNode>> edges) {
    List<Step> steps = new ArrayList<>();
    Map<LineageNode, Integer> depths = new HashMap<>();
    Deque<LineageNode> next = new ArrayDeque<>();
    for (LineageNode node : edges.keySet()) {
      if (matches(node, start)) {
        depths.put(node, 0);
        next.add(node);
      }
    }
    while (!next.isEmpty()) {
      LineageNode by = next.remove();
      int depth = depths.getOrDefault(by, 0) + 1;
      for (LineageNode node : edges.getOrDefault(by, Set.of())) {
        if (depths.putIfAbsent(node, depth) == null) {
          steps.add(new Step(depth, node, by));
          next.add(node);
        }
      }
    }
    return steps;
  }

  private static boolean matches(LineageNode node, LineageNode wanted) {
    return node.kind() == wanted.kind()
        && node.name().equals(wanted.name())
        && (wanted.version().isEmpty() || node.version().equals(wanted.version()));
  }

  /** The nodes that are known, in no order that means anything. */
  public Set<LineageNode> nodes() {
    Set<LineageNode> nodes = new LinkedHashSet<>(from.keySet());
    nodes.addAll(to.keySet());
    return nodes;
  }

  /**
   * What a change of a feature reaches.
   *
   * @param versions the model versions that take it
   * @param aliases the aliases that point to one of these, as {@code model@alias}, to its number
   * @param downstream what was made of these versions
   */
  public record Impact(
      List<ModelVersion> versions, Map<String, Integer> aliases, List<Step> downstream) {}

  /**
   * What takes a feature of a view: versions that were trained on the view and have an input {@code
   * feature} or {@code view__feature}.
   *
   * @param feature its name; empty for any feature of the view
   */
  public Impact impact(String view, String feature) {
    List<ModelVersion> taking =
        versions.stream().filter(version -> takes(version, view, feature)).toList();
    Map<String, Integer> pointing = new TreeMap<>();
    List<Step> downstream = new ArrayList<>();
    Set<LineageNode> seen = new LinkedHashSet<>();
    taking.stream()
        .map(ModelVersion::name)
        .distinct()
        .forEach(
            model ->
                aliases
                    .apply(model)
                    .forEach(
                        (alias, number) -> {
                          if (taking.stream()
                              .anyMatch(
                                  each -> each.name().equals(model) && each.version() == number)) {
                            pointing.put(model + "@" + alias, number);
                          }
                        }));
    for (ModelVersion version : taking) {
      downstream(node(version)).stream()
          .filter(step -> seen.add(step.node()))
          .forEach(downstream::add);
    }
    return new Impact(taking, pointing, downstream);
  }

  private static boolean takes(ModelVersion version, String view, String feature) {
    return version.details().definitions().stream()
            .anyMatch(each -> each.kind().equals(FEATURE_VIEW) && each.name().equals(view))
        && (feature.isEmpty()
            || version.signature().inputs().stream()
                .anyMatch(
                    each ->
                        each.name().equals(feature) || each.name().equals(view + "__" + feature)));
  }
}
