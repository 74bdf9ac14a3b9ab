package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.Optional;

/** The column of an event time, which is there and a timestamp. */
final class TimeColumn {
  private TimeColumn() {}

  static void check(String name, Schema schema, String definition, Problems problems) {
    Optional<Column> time = schema.find(name);
    if (time.isEmpty()) {
      problems.add(Problem.unknown("event time", name, definition, schema.names()));
    } else if (time.get().type() != PrimitiveType.TIMESTAMP) {
      problems.add(
          "Event time '" + name + "' of " + definition + " is a " + time.get().type().sql(),
          "an event time is a timestamp",
          "Cast it in the source");
    }
  }
}
