package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.NodeVisitor;
import dev.millrace.pipelines.core.PlanPrinter;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Score;
import dev.millrace.pipelines.core.Union;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.bytes.Digest;
import java.util.function.Function;

/** A digest of a plan's content and of what its sources hold now. */
final class PlanIdentity implements NodeVisitor<Void> {
  private final Function<Location, String> versions;
  private final StringBuilder sources = new StringBuilder();

  private PlanIdentity(Function<Location, String> versions) {
    this.versions = versions;
  }

  static String of(Node node, Function<Location, String> versions, String target) {
    PlanIdentity identity = new PlanIdentity(versions);
    node.accept(identity);
    return Digest.sha256(PlanPrinter.print(node) + "\n" + identity.sources + "\n" + target);
  }

  @Override
  public Void visit(Scan scan) {
    sources
        .append(scan.location())
        .append(' ')
        .append(versions.apply(scan.location()))
        .append('\n');
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
