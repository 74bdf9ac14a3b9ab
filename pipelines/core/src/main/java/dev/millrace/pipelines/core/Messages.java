package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.StructType;
import java.io.Serializable;
import java.util.List;

/**
 * How the messages of a stream become rows.
 *
 * @param format of their values
 * @param schema of Avro, as JSON; empty for JSON
 * @param keyed whether a message without a key is set aside
 * @param mostBytes longer values are set aside unread
 */
public record Messages(Format format, String schema, boolean keyed, int mostBytes)
    implements Serializable {
  /** The column of a row that says which message it was; null of a row that was none. */
  public static final String COLUMN = "message";

  /**
   * What it holds: where the message is, its bytes, and why its values cannot be read, where they
   * cannot. A message of Kafka is at an offset of a partition and has no id; one of Pub/Sub has an
   * id alone, and its topic is the subscription that it came from.
   */
  public static final StructType TYPE =
      new StructType(
          List.of(
              new Column("topic", PrimitiveType.STRING),
              new Column("partition", PrimitiveType.INT),
              new Column("offset", PrimitiveType.LONG),
              new Column("id", PrimitiveType.STRING),
              new Column("timestamp", PrimitiveType.TIMESTAMP),
              new Column("key", PrimitiveType.BYTES),
              new Column("value", PrimitiveType.BYTES),
              new Column("error", PrimitiveType.STRING)));

  private static final int MEBIBYTE = 1 << 20;

  /** The formats that values have. */
  public enum Format {
    /** An object; a field that is not there is null. Times are texts of ISO 8601. */
    JSON,

    /** One record of the schema, without a container or a registry's header. */
    AVRO
  }

  public Messages {
    if (mostBytes < 1) {
      throw MillraceException.because(
          "Messages of at most " + mostBytes + " bytes hold nothing",
          "a value has a byte or more",
          "Give how long the longest is");
    }
  }

  /** Objects of JSON. */
  public static Messages json() {
    return new Messages(Format.JSON, "", false, MEBIBYTE);
  }

  /** Records of Avro, written by this schema. */
  public static Messages avro(String schema) {
    return new Messages(Format.AVRO, schema, false, MEBIBYTE);
  }

  /** The same; a message without a key is set aside. */
  public Messages withKeys() {
    return new Messages(format, schema, true, mostBytes);
  }

  /** The same; values longer than this are set aside unread, and kept. */
  public Messages atMost(int bytes) {
    return new Messages(format, schema, keyed, bytes);
  }
}
