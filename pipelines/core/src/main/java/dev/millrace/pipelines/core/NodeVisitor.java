package dev.millrace.pipelines.core;

/** One answer for each kind of node; a new kind breaks every visitor until it answers. */
public interface NodeVisitor<ResultT> {
  ResultT visit(Scan scan);

  ResultT visit(Project project);

  ResultT visit(Deduplicate deduplicate);

  ResultT visit(Union union);

  ResultT visit(Expect expect);

  ResultT visit(WindowAggregate aggregate);

  ResultT visit(AsOfJoin join);

  ResultT visit(Score score);
}
