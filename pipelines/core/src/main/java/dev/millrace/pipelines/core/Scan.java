package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.util.Optional;

/**
 * The rows at a location, by the columns that the schema names. Columns that the location has
 * beyond it are left out; one that it lacks, or has with another type, stops the run before it
 * starts, but for the messages of a table that no stream has gone into. Timestamps without a zone
 * are read as UTC.
 *
 * @param within the rows alone whose time is in it; what a Delta table holds outside of it may
 *     change, and the scan stays what it is
 */
public record Scan(Location location, Schema schema, Optional<Interval> within) implements Node {
  /** Checks that the rows have the time. */
  public Scan {
    Problems problems = new Problems("a scan");
    within.ifPresent(interval -> interval.check(schema, location.toString(), problems));
    problems.throwIfAny();
  }

  /** All rows. */
  public Scan(Location location, Schema schema) {
    this(location, schema, Optional.empty());
  }

  /** Whether a column is null where the location lacks it: a table has no messages at first. */
  public boolean mayLack(Column column) {
    return location instanceof Location.DeltaTable
        && column.equals(new Column(Messages.COLUMN, Messages.TYPE));
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
