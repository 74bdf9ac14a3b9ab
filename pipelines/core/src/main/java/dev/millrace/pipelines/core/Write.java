package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.List;

/**
 * A whole plan: rows, and where they go.
 *
 * @param parts writes of intervals of the same Delta table which this one does together, in one
 *     commit: each is found done when it is asked for alone, or in other company; empty for a write
 *     that is one
 */
public record Write(Node input, Sink sink, List<Write> parts) implements Serializable {
  /** Checks that the sink takes such rows. */
  public Write {
    parts = List.copyOf(parts);
    Problems problems = new Problems("a write");
    Schema schema = input.schema();
    if (sink instanceof Sink.Delta delta) {
      String where = "the write to " + delta.path();
      requireColumns("partition column", delta.partitionBy(), where, schema, problems);
      delta.interval().ifPresent(interval -> interval.check(schema, where, problems));
    } else if (sink instanceof Sink.Iceberg iceberg) {
      requireColumns(
          "partition column", iceberg.partitionBy(), "the write to " + sink, schema, problems);
    } else if (sink instanceof Sink.Kafka kafka) {
      requireColumns("key column", kafka.key(), "the write to " + sink, schema, problems);
    } else if (sink instanceof Sink.Online
        && !(input instanceof WindowAggregate tiles && tiles.emit() instanceof Emit.Tiles)) {
      problems.add(
          "The online store cannot take " + schema,
          "it takes the tiles of a window aggregate",
          "Emit tiles");
    }
    for (Write part : parts) {
      if (!isPart(part, sink)) {
        throw new IllegalArgumentException(part.sink() + " is no part of " + sink);
      }
    }
    problems.throwIfAny();
  }

  /** A write that is one. */
  public Write(Node input, Sink sink) {
    this(input, sink, List.of());
  }

  private static void requireColumns(
      String kind, List<String> columns, String where, Schema schema, Problems problems) {
    for (String column : columns) {
      if (!schema.has(column)) {
        problems.add(Problem.unknown(kind, column, where, schema.names()));
      }
    }
  }

  private static boolean isPart(Write part, Sink whole) {
    return part.sink() instanceof Sink.Delta delta
        && whole instanceof Sink.Delta table
        && delta.path().equals(table.path())
        && delta.interval().isPresent()
        && table.interval().filter(all -> all.contains(delta.interval().get())).isPresent();
  }

  /** The writes that are found done alone: the parts, or this one. */
  public List<Write> units() {
    return parts.isEmpty() ? List.of(this) : parts;
  }
}
