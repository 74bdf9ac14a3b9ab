package dev.millrace.transforms.type;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The columns of a row, in order; names are unique and compared as written. */
public record Schema(List<Column> columns) implements Serializable {
  public Schema {
    columns = List.copyOf(columns);
    Set<String> seen = new HashSet<>();
    for (Column column : columns) {
      if (!seen.add(column.name())) {
        throw new IllegalArgumentException("column '" + column.name() + "' is named twice");
      }
    }
  }

  public static Schema of(Column... columns) {
    return new Schema(List.of(columns));
  }

  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  public Optional<Column> find(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  public boolean has(String name) {
    return find(name).isPresent();
  }

  /** The column of that name; the caller has checked that there is one. */
  public Column column(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("no column '" + name + "' in " + this));
  }

  /** These columns, then those. */
  public Schema and(List<Column> more) {
    return new Schema(java.util.stream.Stream.concat(columns.stream(), more.stream()).toList());
  }

  @Override
  public String toString() {
    return columns.stream().map(Column::toString).collect(Collectors.joining(", ", "(", ")"));
  }
}
