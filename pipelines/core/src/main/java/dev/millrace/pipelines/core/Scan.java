package dev.millrace.pipelines.core;

import dev.millrace.transforms.type.Schema;

/**
 * The rows at a location, by the columns that the schema names. Columns that the location has
 * beyond it are left out; one that it lacks, or has with another type, stops the run before it
 * starts. Timestamps without a zone are read as UTC.
 */
public record Scan(Location location, Schema schema) implements Node {
  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
