package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Schema;

/** A whole plan: rows, and where they go. */
public record Write(Node input, Sink sink) {
  /** Checks that the sink takes such rows. */
  public Write {
    Problems problems = new Problems("a write");
    Schema schema = input.schema();
    if (sink instanceof Sink.Delta delta) {
      String where = "the write to " + delta.path();
      for (String column : delta.partitionBy()) {
        if (!schema.has(column)) {
          problems.add(Problem.unknown("partition column", column, where, schema.names()));
        }
      }
      delta
          .interval()
          .map(Sink.Interval::column)
          .filter(column -> !schema.has(column))
          .ifPresent(
              column ->
                  problems.add(Problem.unknown("interval column", column, where, schema.names())));
    } else if (!(input instanceof WindowAggregate tiles && tiles.emit() instanceof Emit.Tiles)) {
      problems.add(
          "The online store cannot take " + schema,
          "it takes the tiles of a window aggregate",
          "Emit tiles");
    }
    problems.throwIfAny();
  }
}
