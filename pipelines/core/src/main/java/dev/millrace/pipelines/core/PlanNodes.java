package dev.millrace.pipelines.core;

import java.util.ArrayList;
import java.util.List;

/** Lists what a plan is made of. */
public final class PlanNodes implements NodeVisitor<Void> {
  private final List<Node> found = new ArrayList<>();

  private PlanNodes() {}

  /** Every node of a kind, in the order of the plan's text. */
  public static <NodeT extends Node> List<NodeT> of(Node node, Class<NodeT> kind) {
    PlanNodes nodes = new PlanNodes();
    node.accept(nodes);
    return nodes.found.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public Void visit(Scan scan) {
    found.add(scan);
    return null;
  }

  @Override
  public Void visit(Project project) {
    found.add(project);
    return project.input().accept(this);
  }

  @Override
  public Void visit(Deduplicate deduplicate) {
    found.add(deduplicate);
    return deduplicate.input().accept(this);
  }

  @Override
  public Void visit(Union union) {
    found.add(union);
    union.inputs().forEach(input -> input.accept(this));
    return null;
  }

  @Override
  public Void visit(Expect expect) {
    found.add(expect);
    return expect.input().accept(this);
  }

  @Override
  public Void visit(WindowAggregate aggregate) {
    found.add(aggregate);
    return aggregate.events().rows().accept(this);
  }

  @Override
  public Void visit(AsOfJoin join) {
    found.add(join);
    join.spine().accept(this);
    join.lookups().forEach(lookup -> lookup.events().rows().accept(this));
    return null;
  }

  @Override
  public Void visit(Score score) {
    found.add(score);
    return score.input().accept(this);
  }
}
