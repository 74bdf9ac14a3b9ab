package dev.millrace.pipelines.runs;

import dev.millrace.transforms.expression.Expressions;
import java.util.List;

/** How rows become the messages of a topic, as expressions. */
public final class SentRows {
  private SentRows() {}

  /** The key: an object of the columns; null where there are none. */
  public static String key(List<String> columns) {
    return columns.isEmpty() ? "cast(null as string)" : value(columns);
  }

  /** An object of the columns; times are in UTC to the microsecond, and nulls are told. */
  public static String value(List<String> columns) {
    StringBuilder fields = new StringBuilder();
    for (String column : columns) {
      fields
          .append(fields.isEmpty() ? "" : ", ")
          .append(MessageText.literal(column))
          .append(", ")
          .append(Expressions.quoted(column));
    }
    return "to_json(named_struct("
        + fields
        + "), map('ignoreNullFields', 'false', 'timestampFormat', "
        + MessageText.literal("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX")
        + "))";
  }
}
