package dev.millrace.transforms.type;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A value of several named parts, each of which can be null.
 *
 * @param fields one or more, in order; names are unique
 */
public record StructType(List<Column> fields) implements DataType {
  public StructType {
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("a struct has a field");
    }
    fields = new Schema(fields).columns();
  }

  @Override
  public String sql() {
    return fields.stream()
        .map(field -> "`" + field.name().replace("`", "``") + "`: " + field.type().sql())
        .collect(Collectors.joining(", ", "struct<", ">"));
  }

  @Override
  public boolean isNumeric() {
    return false;
  }
}
