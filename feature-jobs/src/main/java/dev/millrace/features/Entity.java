package dev.millrace.features;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What features are of: an airport, a route.
 *
 * @param keys the columns that name one, in order; text, whole numbers, dates or booleans
 */
public record Entity(String name, List<Column> keys) {
  public Entity {
    Names.check("entity", name);
    keys = List.copyOf(keys);
  }

  /**
   * What is wrong with its keys that rows of a view's source would not tell; a view of the entity
   * reports it with all else.
   */
  List<Problem> problems(Schema rows) {
    List<Problem> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Column key : keys) {
      if (!seen.add(key.name())) {
        problems.add(
            new Problem(
                "Key '" + key.name() + "' of entity '" + name + "' is named twice",
                "once says it",
                "Leave one out"));
      }
      if (!EntityKey.isKeyType(key.type()) && !rows.has(key.name())) {
        problems.add(
            new Problem(
                "Key '" + key.name() + "' of entity '" + name + "' is a " + key.type().sql(),
                "a key's value must have one byte form",
                "Use text, a whole number, a date or a boolean"));
      }
    }
    return problems;
  }

  /** An entity, still without keys. */
  public static Entity named(String name) {
    return new Entity(name, List.of());
  }

  /** The same entity with one more key. */
  public Entity key(String column, PrimitiveType type) {
    List<Column> more = new ArrayList<>(keys);
    more.add(new Column(column, type));
    return new Entity(name, more);
  }

  /** The names of the keys' columns. */
  public List<String> keyNames() {
    return keys.stream().map(Column::name).toList();
  }
}
