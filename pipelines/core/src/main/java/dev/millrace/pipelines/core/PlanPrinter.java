package dev.millrace.pipelines.core;

import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.expectation.Expectation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * A plan as text, one node a line, inputs below and indented; the same content gives the same text.
 */
public final class PlanPrinter implements NodeVisitor<Void> {
  private final StringBuilder text = new StringBuilder();
  private int depth;

  private final boolean canonical;

  private PlanPrinter(boolean canonical) {
    this.canonical = canonical;
  }

  /** The plan as it was written, features in their order. */
  public static String print(Node node) {
    return print(node, false);
  }

  /**
   * The plan's meaning: features by name, since none depends on another, and the inputs of a union
   * by their text. Plans whose values differ in their order alone have one text.
   */
  public static String canonical(Node node) {
    return print(node, true);
  }

  /** A digest of the canonical text: equal for plans of equal meaning. */
  public static String fingerprint(Node node) {
    return Digest.sha256(canonical(node));
  }

  private static String print(Node node, boolean canonical) {
    PlanPrinter printer = new PlanPrinter(canonical);
    node.accept(printer);
    return printer.text.toString();
  }

  @Override
  public Void visit(Scan scan) {
    return line(
        "Scan "
            + scan.location()
            + " "
            + scan.schema()
            + scan.within().map(interval -> " within " + interval).orElse(""));
  }

  @Override
  public Void visit(Project project) {
    line(
        "Project " + join(project.columns()) + project.filter().map(f -> " where " + f).orElse(""));
    return below(project.input());
  }

  @Override
  public Void visit(Deduplicate deduplicate) {
    line("Deduplicate by " + join(deduplicate.keys()) + " first by " + deduplicate.eventTime());
    return below(deduplicate.input());
  }

  @Override
  public Void visit(Union union) {
    line("Union");
    List<Node> inputs = new ArrayList<>(union.inputs());
    if (canonical) {
      inputs.sort(Comparator.comparing(PlanPrinter::canonical));
    }
    inputs.forEach(this::below);
    return null;
  }

  @Override
  public Void visit(Expect expect) {
    line(
        "Expect "
            + join(expect.expectations().stream().map(PlanPrinter::expectation).toList())
            + " else to "
            + expect.quarantine().path()
            + expect.quarantine().interval().map(interval -> " within " + interval).orElse(""));
    return below(expect.input());
  }

  @Override
  public Void visit(WindowAggregate aggregate) {
    line("WindowAggregate " + events(aggregate.events()) + " emit " + aggregate.emit());
    return below(aggregate.events().rows());
  }

  @Override
  public Void visit(AsOfJoin join) {
    line("AsOfJoin at " + join.time());
    below(join.spine());
    for (AsOfJoin.Lookup lookup : join.lookups()) {
      depth++;
      line("Lookup " + lookup.prefix() + " " + events(lookup.events()));
      below(lookup.events().rows());
      depth--;
    }
    return null;
  }

  @Override
  public Void visit(Score score) {
    line(
        "Score "
            + score.scorer().fingerprint()
            + " of "
            + join(score.inputs())
            + " as "
            + score.output());
    return below(score.input());
  }

  private String events(Events events) {
    List<String> features = new ArrayList<>();
    for (WindowedFeature feature : events.features()) {
      features.add(canonical ? feature + " of " + feature.window().length() : feature.toString());
    }
    if (canonical) {
      Collections.sort(features);
    }
    return "by "
        + join(events.keys())
        + " at "
        + events.eventTime()
        + events.availableAt().map(column -> " known at " + column).orElse("")
        + ": "
        + join(features);
  }

  static String expectation(Expectation expectation) {
    return expectation.rule() + " or " + expectation.action();
  }

  private static String join(List<?> parts) {
    return "[" + String.join(", ", parts.stream().map(Object::toString).toList()) + "]";
  }

  private Void line(String content) {
    text.append("  ".repeat(depth)).append(content).append('\n');
    return null;
  }

  private Void below(Node input) {
    depth++;
    input.accept(this);
    depth--;
    return null;
  }
}
