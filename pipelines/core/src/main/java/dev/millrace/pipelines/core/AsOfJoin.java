package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows with a time, and beside each the features of its keys as they were at that time: only events
 * before it count. Every row of the spine is there once, in no order; its keys are found by the
 * names that the events give them.
 *
 * @param definition what the plan is of, as messages name it
 * @param time the spine's column of the time asked for
 */
public record AsOfJoin(String definition, Node spine, String time, List<Lookup> lookups)
    implements Node {

  /**
   * Features to look up; a value's column is the prefix, two underscores and the feature's name.
   */
  public record Lookup(String prefix, Events events) implements Serializable {
    /** The values' columns. */
    public List<Column> columns() {
      return events.values().stream()
          .map(value -> new Column(prefix + "__" + value.name(), value.type()))
          .toList();
    }
  }

  /** Checks the time and the keys against the spine. */
  public AsOfJoin {
    lookups = List.copyOf(lookups);
    Problems problems = new Problems(definition);
    Schema schema = spine.schema();
    if (schema.find(time).map(Column::type).filter(PrimitiveType.TIMESTAMP::equals).isEmpty()) {
      problems.add(
          "No time '" + time + "' in " + definition,
          "its rows are " + schema,
          "Name a column of type timestamp");
    }
    for (Lookup lookup : lookups) {
      for (String key : lookup.events().keys()) {
        DataType wanted = lookup.events().rows().schema().column(key).type();
        if (!schema.has(key)) {
          problems.add(
              Problem.unknown(
                  "key", key, definition + ", looking up " + lookup.prefix(), schema.names()));
        } else if (!schema.column(key).type().equals(wanted)) {
          problems.add(
              "Key '" + key + "' of " + definition + " is a " + schema.column(key).type().sql(),
              lookup.prefix() + " has it as " + wanted.sql(),
              "Cast one of them");
        }
      }
    }
    problems.throwIfAny();
  }

  @Override
  public Schema schema() {
    List<Column> columns = new ArrayList<>();
    lookups.forEach(lookup -> columns.addAll(lookup.columns()));
    return spine.schema().and(columns);
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
