package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.Optional;

/** The column of an event time or of another, which is there and a timestamp. */
public final class TimeColumn {
  private TimeColumn() {}

  /**
   * Adds what is wrong with a column.
   *
   * @param role what it is the time of: {@code event time}
   */
  public static void check(
      String role, String name, Schema schema, String definition, Problems problems) {
    Optional<Column> time = schema.find(name);
    if (time.isEmpty()) {
      problems.add(Problem.unknown(role, name, definition, schema.names()));
    } else if (time.get().type() != PrimitiveType.TIMESTAMP) {
      problems.add(
          Character.toUpperCase(role.charAt(0))
              + role.substring(1)
              + " '"
              + name
              + "' of "
              + definition
              + " is a "
              + time.get().type().sql(),
          "it must be a timestamp",
          "Cast it in the source");
    }
  }
}
