package dev.millrace.transforms.type;

import dev.millrace.transforms.bytes.ByteWriter;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

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
   * @param values one for each, or the text that it prints as; a day as {@code LocalDate} or its
   *     number since 1970-01-01; never null
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

  /**
   * The same key from Catalyst's row, whose first values are those of the columns; none is null.
   */
  public static byte[] encodeRow(List<Column> columns, SpecializedGetters row) {
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < columns.size(); i++) {
      PrimitiveType type = (PrimitiveType) columns.get(i).type();
      out.writeByte(type.code());
      switch (type) {
        case STRING -> out.writeBytes(row.getUTF8String(i).getBytes());
        case BOOLEAN -> out.writeByte(row.getBoolean(i) ? 1 : 0);
        case DATE, INT -> out.writeSigned(row.getInt(i));
        default -> out.writeSigned(row.getLong(i));
      }
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
    try {
      switch (type) {
        case STRING -> out.writeText(value.toString());
        case BOOLEAN -> out.writeByte(truth(value.toString()) ? 1 : 0);
        case DATE -> out.writeSigned(day(value));
        case INT -> out.writeSigned(Integer.parseInt(value.toString()));
        default -> out.writeSigned(Long.parseLong(value.toString()));
      }
    } catch (IllegalArgumentException | DateTimeParseException malformed) {
      throw new IllegalArgumentException(
          "'" + value + "' is no value for key " + column + ". Give one of that type.", malformed);
    }
  }

  private static boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(text);
    }
    return text.equals("true");
  }

  private static long day(Object value) {
    return value instanceof Number
        ? Integer.parseInt(value.toString())
        : LocalDate.parse(value.toString()).toEpochDay();
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
