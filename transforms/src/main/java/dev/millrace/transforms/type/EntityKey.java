package dev.millrace.transforms.type;

import dev.millrace.transforms.bytes.ByteWriter;
import java.util.List;

/**
 * The bytes that name an entity: for each key its type, then its value with its length, so that
 * {@code ("1", "23")} is never {@code ("12", "3")} and the number 1 never the text "1".
 */
public final class EntityKey {
  private EntityKey() {}

  /**
   * The key's bytes.
   *
   * @param columns the keys' columns, in the order of the entity
   * @param values one for each: a {@code String} (or what prints as it) for text, a number, a
   *     boolean; never null
   */
  public static byte[] encode(List<Column> columns, List<?> values) {
    if (columns.size() != values.size()) {
      throw new IllegalArgumentException(
          "an entity key of " + columns + " is not named by " + values.size() + " values");
    }
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < values.size(); i++) {
      write(columns.get(i), values.get(i), out);
    }
    return out.toBytes();
  }

  private static void write(Column column, Object value, ByteWriter out) {
    if (!(column.type() instanceof PrimitiveType type) || !isKeyType(type)) {
      throw new IllegalArgumentException(
          "key "
              + column
              + " cannot name an entity: use text, a whole number, a date or a boolean");
    }
    out.writeByte(type.code());
    switch (type) {
      case STRING -> out.writeText(value.toString());
      case BOOLEAN -> out.writeByte((Boolean) value ? 1 : 0);
      default -> out.writeSigned(((Number) value).longValue());
    }
  }

  /** Types with one byte form a value: not floating point, whose zeros and NaN have several. */
  public static boolean isKeyType(DataType type) {
    return type == PrimitiveType.STRING
        || type == PrimitiveType.INT
        || type == PrimitiveType.LONG
        || type == PrimitiveType.DATE
        || type == PrimitiveType.BOOLEAN;
  }
}
