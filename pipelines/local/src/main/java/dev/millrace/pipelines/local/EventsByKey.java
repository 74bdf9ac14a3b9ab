package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Events;
import dev.millrace.transforms.expression.CanonicalRow;
import dev.millrace.transforms.window.KeyWindows;
import dev.millrace.transforms.window.WindowedAggregation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Events by what they happened to, each key's in the order in which they are first seen. Rows are
 * those of {@link dev.millrace.pipelines.core.Events#inputs}: the keys, the event time, the last
 * time that does not see it, the inputs.
 *
 * @param time where the event time stands
 */
record EventsByKey(Map<ByteBuffer, List<InternalRow>> events, int time) {
  static EventsByKey of(LocalRows inputs, List<String> keys) {
    CanonicalRow key = CanonicalRow.of(inputs.schema(), keys);
    EventsByKey events = new EventsByKey(new LinkedHashMap<>(), keys.size());
    for (InternalRow row : inputs.rows()) {
      events
          .events
          .computeIfAbsent(ByteBuffer.wrap(key.bytes(row)), none -> new ArrayList<>())
          .add(row);
    }
    events.events.values().forEach(each -> each.sort(Comparator.comparingLong(events::seenAfter)));
    return events;
  }

  List<InternalRow> of(ByteBuffer key) {
    return events.getOrDefault(key, List.of());
  }

  long time(InternalRow event) {
    return event.getLong(time);
  }

  long seenAfter(InternalRow event) {
    return event.getLong(time + 1);
  }

  /** The aggregations, bound to the rows. */
  static List<WindowedAggregation> bound(Events events) {
    return events.bind(events.keys().size() + 2);
  }

  /** The windows of one key's events after another's. */
  static KeyWindows windows(Events events) {
    return KeyWindows.over(bound(events), events.isSeenInOrder());
  }
}
