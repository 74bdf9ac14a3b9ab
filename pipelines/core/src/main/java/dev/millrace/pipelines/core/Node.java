package dev.millrace.pipelines.core;

import dev.millrace.transforms.type.Schema;
import java.io.Serializable;

/**
 * A step of a plan: what its rows are, never how they come about. A node is checked against its
 * inputs when it is made, and a {@link dev.millrace.transforms.problem.DefinitionException} names
 * all that is wrong with it. Engines are visitors.
 */
public sealed interface Node extends Serializable
    permits Scan, Project, Deduplicate, Union, Expect, WindowAggregate, AsOfJoin, Score {
  /** The columns of its rows. */
  Schema schema();

  <ResultT> ResultT accept(NodeVisitor<ResultT> visitor);
}
