package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.transforms.expression.CanonicalRow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/** The first row of each key, by event time and then by bytes. */
final class FirstOfEach {
  private FirstOfEach() {}

  static LocalRows of(Deduplicate deduplicate, LocalRows input) {
    CanonicalRow keys = CanonicalRow.of(input.schema(), deduplicate.keys());
    CanonicalRow whole = CanonicalRow.of(input.schema());
    int time = input.ordinal(deduplicate.eventTime());
    Map<ByteBuffer, InternalRow> first = new LinkedHashMap<>();
    for (InternalRow row : input.rows()) {
      first.merge(
          ByteBuffer.wrap(keys.bytes(row)),
          row,
          (kept, other) -> isBefore(other, kept, time, whole) ? other : kept);
    }
    return new LocalRows(input.schema(), new ArrayList<>(first.values()));
  }

  private static boolean isBefore(InternalRow a, InternalRow b, int time, CanonicalRow whole) {
    if (a.isNullAt(time) != b.isNullAt(time)) {
      return b.isNullAt(time);
    }
    if (!a.isNullAt(time) && a.getLong(time) != b.getLong(time)) {
      return a.getLong(time) < b.getLong(time);
    }
    return Arrays.compareUnsigned(whole.bytes(a), whole.bytes(b)) < 0;
  }
}
