package dev.millrace.pipelines.core;

import java.util.ArrayList;
import java.util.List;

/** Finds what a plan reads. */
public final class Scans implements NodeVisitor<Void> {
  private final List<Scan> found = new ArrayList<>();

  private Scans() {}

  /** Every scan of a plan, in the order of its text. */
  public static List<Scan> of(Node node) {
    Scans scans = new Scans();
    node.accept(scans);
    return List.copyOf(scans.found);
  }

  @Override
  public Void visit(Scan scan) {
    found.add(scan);
    return null;
  }

  @Override
  public Void visit(Project project) {
    return project.input().accept(this);
  }

  @Override
  public Void visit(Deduplicate deduplicate) {
    return deduplicate.input().accept(this);
  }

  @Override
  public Void visit(Union union) {
    union.inputs().forEach(input -> input.accept(this));
    return null;
  }

  @Override
  public Void visit(Expect expect) {
    return expect.input().accept(this);
  }

  @Override
  public Void visit(WindowAggregate aggregate) {
    return aggregate.events().rows().accept(this);
  }

  @Override
  public Void visit(AsOfJoin join) {
    join.spine().accept(this);
    join.lookups().forEach(lookup -> lookup.events().rows().accept(this));
    return null;
  }

  @Override
  public Void visit(Score score) {
    return score.input().accept(this);
  }
}
