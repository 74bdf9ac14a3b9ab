package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One row for each value of the keys: the first by event time, and at equal times the one whose
 * canonical bytes come first, so that it is the same row in whatever order they arrive. Nulls agree
 * with nulls; a row without an event time comes after all that have one.
 *
 * @param definition what the plan is of, as messages name it
 * @param keys the columns in which rows agree; types with one form a value, so no floating point
 * @param eventTime a timestamp
 */
public record Deduplicate(String definition, Node input, List<String> keys, String eventTime)
    implements Node {

  /** Checks the keys and the event time against the input. */
  public Deduplicate {
    keys = List.copyOf(keys);
    Problems problems = new Problems(definition);
    Schema schema = input.schema();
    if (keys.isEmpty()) {
      problems.add(
          "Deduplicate in " + definition + " has no key",
          "all rows would be one",
          "Name the columns in which duplicates agree");
    }
    Set<String> seen = new HashSet<>();
    for (String key : keys) {
      Optional<Column> column = schema.find(key);
      if (column.isEmpty()) {
        problems.add(Problem.unknown("key", key, definition, schema.names()));
      } else if (!hasOneForm(column.get())) {
        problems.add(
            "Key '" + key + "' of " + definition + " is a " + column.get().type().sql(),
            "rows are the same by values with one form, and this type has several",
            "Cast it, or name another column");
      } else if (!seen.add(key)) {
        problems.add(
            "Key '" + key + "' of " + definition + " is named twice",
            "once says it",
            "Leave one out");
      }
    }
    TimeColumn.check("event time", eventTime, schema, definition, problems);
    problems.throwIfAny();
  }

  private static boolean hasOneForm(Column column) {
    return column.type() instanceof DecimalType
        || (column.type() instanceof PrimitiveType type
            && type != PrimitiveType.FLOAT
            && type != PrimitiveType.DOUBLE);
  }

  @Override
  public Schema schema() {
    return input.schema();
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
