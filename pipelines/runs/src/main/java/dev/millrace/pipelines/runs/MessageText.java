package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataTypes;

/**
 * How messages become rows, as expressions: first whether a message is read at all, then its values
 * as one struct, then the columns that a scan names and {@link Messages#COLUMN}.
 */
public final class MessageText {
  /** What a message is before it is read. */
  public static final Schema RAW =
      new Schema(
          List.of(
              new Column("topic", PrimitiveType.STRING),
              new Column("partition", PrimitiveType.INT),
              new Column("offset", PrimitiveType.LONG),
              new Column("id", PrimitiveType.STRING),
              new Column("timestamp", PrimitiveType.TIMESTAMP),
              new Column("key", PrimitiveType.BYTES),
              new Column("value", PrimitiveType.BYTES)));

  /** Where the values of a message stand, all in one. */
  public static final String VALUES = "__values";

  /** Where the bytes of a record of Avro stand, which are read into {@link #VALUES}. */
  public static final String RECORD = "__record";

  private static final String CORRUPT = "__corrupt";
  private static final String UNREAD = "__unread";

  private final Messages messages;
  private final Schema declared;

  /** Of the columns that a scan of a stream names. */
  public MessageText(Messages messages, Scan scan) {
    this.messages = messages;
    this.declared =
        new Schema(
            scan.schema().columns().stream()
                .filter(column -> !column.name().equals(Messages.COLUMN))
                .toList());
  }

  /** The columns without the message. */
  public Schema declared() {
    return declared;
  }

  /** The raw columns; the value is null where it is not read. */
  public RowChain.Step looked() {
    LinkedHashMap<String, String> columns = new LinkedHashMap<>(same(RAW));
    StringBuilder unread =
        new StringBuilder("case when value is null then 'it has no value' when length(value) > ")
            .append(messages.mostBytes())
            .append(" then concat('it is ', cast(length(value) as string), ' bytes long, and ")
            .append(messages.mostBytes())
            .append(" are read')");
    if (messages.keyed()) {
      unread.append(" when key is null then 'it has no key'");
    }
    columns.put(UNREAD, unread.append(" end").toString());
    return new RowChain.Step(columns, null, RAW);
  }

  /** The looked at columns and the values of JSON, or the {@link #RECORD} of Avro. */
  public RowChain.Step values() {
    LinkedHashMap<String, String> columns = new LinkedHashMap<>(same(lookedAt()));
    String value = "case when " + UNREAD + " is null then value end";
    if (isJson()) {
      String ddl = CatalystTypes.toCatalyst(declared).add(CORRUPT, DataTypes.StringType).toDDL();
      columns.put(
          VALUES,
          "from_json(cast("
              + value
              + " as string), "
              + literal(ddl)
              + ", map('mode', 'PERMISSIVE', 'columnNameOfCorruptRecord', '"
              + CORRUPT
              + "'))");
    } else {
      columns.put(RECORD, value);
    }
    return new RowChain.Step(columns, null, lookedAt());
  }

  private boolean isJson() {
    return messages.format() == Messages.Format.JSON;
  }

  private static Schema lookedAt() {
    return RAW.and(List.of(new Column(UNREAD, PrimitiveType.STRING)));
  }

  /** The declared columns as their types, where a value is of it, and the message. */
  public RowChain.Step selected() {
    List<Column> values = new ArrayList<>(declared.columns());
    if (isJson()) {
      values.add(new Column(CORRUPT, PrimitiveType.STRING));
    }
    return selected(new StructType(values));
  }

  /**
   * The same, of values that are read as other types.
   *
   * @param values of a record; they have the declared columns
   */
  public RowChain.Step selected(StructType values) {
    Schema input =
        isJson() ? lookedAt() : lookedAt().and(List.of(new Column(RECORD, PrimitiveType.BYTES)));
    LinkedHashMap<String, String> columns = new LinkedHashMap<>();
    for (Column column : declared.columns()) {
      columns.put(
          column.name(),
          "cast("
              + VALUES
              + "."
              + Expressions.quoted(column.name())
              + " as "
              + CatalystTypes.toCatalyst(column.type()).sql()
              + ")");
    }
    columns.put(
        Messages.COLUMN,
        "named_struct('topic', topic, 'partition', partition, 'offset', offset, 'id', id, 'timestamp',"
            + " timestamp, 'key', key, 'value', value, 'error', "
            + error()
            + ")");
    return new RowChain.Step(columns, null, input.and(List.of(new Column(VALUES, values))));
  }

  private String error() {
    String unread = "case when " + UNREAD + " is not null then " + UNREAD;
    if (isJson()) {
      return unread
          + " when "
          + VALUES
          + "."
          + CORRUPT
          + " is not null then case when json_object_keys(cast(value as string)) is null"
          + " then 'it is no JSON object' else 'a value is not of its column\\'s type' end end";
    }
    // Spark reads what is no record as one of nulls.
    String nothing =
        declared.names().stream()
            .map(name -> VALUES + "." + Expressions.quoted(name) + " is null")
            .collect(Collectors.joining(" and "));
    return unread + " when " + nothing + " then 'it is no record of the Avro schema' end";
  }

  private static Map<String, String> same(Schema schema) {
    Map<String, String> columns = new LinkedHashMap<>();
    schema.names().forEach(name -> columns.put(name, name));
    return columns;
  }

  static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
