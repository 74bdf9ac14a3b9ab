package dev.millrace.pipelines.local;

import dev.millrace.transforms.expression.CanonicalRow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Events by what they happened to, each key's in the order of time. Rows are those of {@link
 * dev.millrace.pipelines.core.Events#inputs}: the keys, the event time, the inputs.
 */
record EventsByKey(Map<ByteBuffer, List<InternalRow>> events, int time) {
  static EventsByKey of(LocalRows inputs, List<String> keys) {
    CanonicalRow key = CanonicalRow.of(inputs.schema(), keys);
    int time = keys.size();
    Map<ByteBuffer, List<InternalRow>> events = new LinkedHashMap<>();
    for (InternalRow row : inputs.rows()) {
      events.computeIfAbsent(ByteBuffer.wrap(key.bytes(row)), none -> new ArrayList<>()).add(row);
    }
    events.values().forEach(each -> each.sort(Comparator.comparingLong(row -> row.getLong(time))));
    return new EventsByKey(events, time);
  }

  List<InternalRow> of(ByteBuffer key) {
    return events.getOrDefault(key, List.of());
  }
}
