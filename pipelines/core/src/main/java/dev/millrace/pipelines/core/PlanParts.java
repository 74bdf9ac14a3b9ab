package dev.millrace.pipelines.core;

import dev.millrace.transforms.window.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plan taken apart: each thing that a person would name, and its text. Two plans are compared
 * part by part.
 */
final class PlanParts implements NodeVisitor<Void> {
  private final Map<String, String> parts = new LinkedHashMap<>();
  private final Map<String, String> features = new LinkedHashMap<>();
  private final Map<String, String> owners = new LinkedHashMap<>();
  private final Map<String, List<String>> order = new LinkedHashMap<>();

  /** The prefix of the look-up that is being taken apart; empty for what all values rest on. */
  private String owner = "";

  private PlanParts() {}

  static PlanParts of(Node node) {
    PlanParts parts = new PlanParts();
    node.accept(parts);
    return parts;
  }

  /** Texts by subject. */
  Map<String, String> parts() {
    return parts;
  }

  /** The subjects that are features, and those features' names. */
  Map<String, String> features() {
    return features;
  }

  /** The features whose names begin with an owner's. */
  List<String> featuresOf(String owner) {
    return features.values().stream().filter(name -> name.startsWith(owner)).toList();
  }

  /** What the names of the features begin with that rest on a subject; empty for all. */
  String owner(String subject) {
    return owners.getOrDefault(subject, "");
  }

  /**
   * The subjects in the plan's order, by what the names of the features begin with that rest on
   * them. Features have none, since none depends on another.
   */
  Map<String, List<String>> order() {
    return order;
  }

  @Override
  public Void visit(Scan scan) {
    put("location", scan.location().toString());
    scan.within().ifPresent(interval -> put("rows of " + scan.location(), interval.toString()));
    scan.schema()
        .columns()
        .forEach(
            column ->
                put("column '" + column.name() + "' of " + scan.location(), column.type().sql()));
    return null;
  }

  @Override
  public Void visit(Project project) {
    String of = " of " + project.definition();
    put("projection" + of, "one row of each");
    project.filter().ifPresent(filter -> put("filter" + of, filter));
    project
        .columns()
        .forEach(column -> put("column '" + column.name() + "'" + of, column.expression()));
    return project.input().accept(this);
  }

  @Override
  public Void visit(Deduplicate deduplicate) {
    put(
        "deduplication of " + deduplicate.definition(),
        deduplicate.keys() + " first by " + deduplicate.eventTime());
    return deduplicate.input().accept(this);
  }

  @Override
  public Void visit(Union union) {
    put("union of " + union.definition(), union.inputs().size() + " inputs");
    union.inputs().stream()
        .sorted(Comparator.comparing(PlanPrinter::canonical))
        .forEach(input -> input.accept(this));
    return null;
  }

  @Override
  public Void visit(Expect expect) {
    Sink.Delta quarantine = expect.quarantine();
    put(
        "quarantine of " + expect.definition(),
        quarantine.path()
            + quarantine.interval().map(interval -> " within " + interval).orElse(""));
    expect
        .expectations()
        .forEach(
            expectation ->
                put(
                    "expectation '" + expectation.rule().breach() + "' of " + expect.definition(),
                    PlanPrinter.expectation(expectation)));
    return expect.input().accept(this);
  }

  @Override
  public Void visit(WindowAggregate aggregate) {
    put("emitted rows of " + aggregate.events().definition(), aggregate.emit().toString());
    return events(aggregate.events(), "");
  }

  @Override
  public Void visit(AsOfJoin join) {
    put("time of " + join.definition(), join.time());
    join.spine().accept(this);
    for (AsOfJoin.Lookup lookup : join.lookups()) {
      owner = lookup.prefix() + "__";
      put("lookup '" + lookup.prefix() + "'", "of " + lookup.events().definition(), "");
      events(lookup.events(), owner);
      owner = "";
    }
    return null;
  }

  @Override
  public Void visit(Score score) {
    put("scorer of " + score.definition(), score.scorer().fingerprint());
    put("inputs of " + score.definition(), score.inputs() + " as " + score.output());
    return score.input().accept(this);
  }

  private Void events(Events events, String prefix) {
    put("keys of " + events.definition(), events.keys().toString());
    put("event time of " + events.definition(), events.eventTime());
    events.availableAt().ifPresent(at -> put("available-at of " + events.definition(), at));
    for (WindowedFeature feature : events.features()) {
      String subject =
          unordered(
              "feature '" + prefix + feature.name() + "'",
              feature.call() + " over " + window(feature));
      features.put(subject, prefix + feature.name());
    }
    return events.rows().accept(this);
  }

  private static String window(WindowedFeature feature) {
    Window window = feature.window();
    return window.kind() == Window.Kind.SLIDING
        ? window + ", " + window.length() + " µs"
        : window.toString();
  }

  private void put(String subject, String text) {
    put(subject, text, owner);
  }

  private void put(String subject, String text, String among) {
    order.computeIfAbsent(among, none -> new ArrayList<>()).add(unordered(subject, text));
  }

  /** A subject that is there already is told apart by a number. */
  private String unordered(String subject, String text) {
    String name = subject;
    for (int i = 2; parts.containsKey(name); i++) {
      name = subject + " (" + i + ")";
    }
    parts.put(name, text);
    owners.put(name, owner);
    return name;
  }
}
