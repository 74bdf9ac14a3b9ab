package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Deduplicate;
import dev.millrace.transforms.expression.FirstRow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/** The first row of each key. */
final class FirstOfEach {
  private FirstOfEach() {}

  static LocalRows of(Deduplicate deduplicate, LocalRows input) {
    FirstRow order = FirstRow.of(deduplicate.schema(), deduplicate.keys(), deduplicate.eventTime());
    Map<ByteBuffer, InternalRow> first = new LinkedHashMap<>();
    for (InternalRow row : input.rows()) {
      first.merge(
          ByteBuffer.wrap(order.key(row)),
          row,
          (kept, other) -> order.isBefore(other, kept) ? other : kept);
    }
    return new LocalRows(input.schema(), new ArrayList<>(first.values()));
  }
}
