package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.NodeVisitor;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;

/** Finds the columns that a plan reads at a location. */
final class SourceSchema implements NodeVisitor<Void> {
  private final List<Scan> scans = new ArrayList<>();

  private SourceSchema() {}

  static Schema of(Node node, Location location) {
    SourceSchema visitor = new SourceSchema();
    node.accept(visitor);
    return visitor.scans.stream()
        .filter(scan -> scan.location().equals(location))
        .findFirst()
        .map(Scan::schema)
        .orElseThrow(
            () ->
                MillraceException.because(
                    "The plan does not read " + location,
                    "it reads " + visitor.scans.stream().map(Scan::location).toList(),
                    "Stream into one of them"));
  }

  @Override
  public Void visit(Scan scan) {
    scans.add(scan);
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
