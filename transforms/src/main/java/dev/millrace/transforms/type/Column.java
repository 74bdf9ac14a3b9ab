package dev.millrace.transforms.type;

import java.io.Serializable;

/** A named value of a row. */
public record Column(String name, DataType type) implements Serializable {
  public Column {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a column has a name");
    }
  }

  @Override
  public String toString() {
    return name + " " + type.sql();
  }
}
