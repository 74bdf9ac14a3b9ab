package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Which rows are duplicates, and which of them stays: the first by event time, nulls last, and at
 * equal times the one whose canonical bytes come first.
 */
public final class FirstRow implements Serializable {
  private final CanonicalRow keys;
  private final CanonicalRow whole;
  private final int time;

  private FirstRow(CanonicalRow keys, CanonicalRow whole, int time) {
    this.keys = keys;
    this.whole = whole;
    this.time = time;
  }

  /** Rows of the schema that agree in these columns are duplicates. */
  public static FirstRow of(Schema schema, List<String> keys, String eventTime) {
    return new FirstRow(
        CanonicalRow.of(schema, keys), CanonicalRow.of(schema), schema.names().indexOf(eventTime));
  }

  /** The bytes of the keys: equal for duplicates alone. */
  public byte[] key(InternalRow row) {
    return keys.bytes(row);
  }

  /** Whether {@code a} stays and not {@code b}. */
  public boolean isBefore(InternalRow a, InternalRow b) {
    if (a.isNullAt(time) != b.isNullAt(time)) {
      return b.isNullAt(time);
    }
    if (!a.isNullAt(time) && a.getLong(time) != b.getLong(time)) {
      return a.getLong(time) < b.getLong(time);
    }
    return Arrays.compareUnsigned(whole.bytes(a), whole.bytes(b)) < 0;
  }
}
