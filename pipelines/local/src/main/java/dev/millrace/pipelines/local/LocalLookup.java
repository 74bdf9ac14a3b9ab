package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Events;
import dev.millrace.transforms.expression.CanonicalRow;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.window.KeyWindows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;

/** Features looked up beside rows, as of each row's time. */
final class LocalLookup {
  /** A row without a time asks before all events. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  private LocalLookup() {}

  static LocalRows join(LocalRows spine, String time, AsOfJoin.Lookup lookup, LocalRows inputs) {
    Events of = lookup.events();
    EventsByKey events = EventsByKey.of(inputs, of.keys());
    CanonicalRow key = CanonicalRow.of(spine.schema(), of.keys());
    int timeOrdinal = spine.ordinal(time);
    Map<ByteBuffer, List<InternalRow>> requests = new LinkedHashMap<>();
    for (InternalRow row : spine.rows()) {
      requests.computeIfAbsent(ByteBuffer.wrap(key.bytes(row)), none -> new ArrayList<>()).add(row);
    }
    KeyWindows windows = EventsByKey.windows(of);
    List<InternalRow> rows = new ArrayList<>();
    requests.forEach(
        (each, asked) -> {
          asked.sort(Comparator.comparingLong(row -> timeOf(row, timeOrdinal)));
          windows.clear();
          answer(asked, events.of(each), events, timeOrdinal, windows, of, rows);
        });
    List<Column> values =
        of.values().stream()
            .map(value -> new Column(lookup.prefix() + "__" + value.name(), value.type()))
            .toList();
    return new LocalRows(spine.schema().and(values), rows);
  }

  private static void answer(
      List<InternalRow> asked,
      List<InternalRow> events,
      EventsByKey times,
      int askedTime,
      KeyWindows windows,
      Events of,
      List<InternalRow> rows) {
    int next = 0;
    for (InternalRow request : asked) {
      long time = timeOf(request, askedTime);
      while (next < events.size() && times.seenAfter(events.get(next)) < time) {
        InternalRow event = events.get(next++);
        windows.add(times.time(event), event);
      }
      InternalRow values = new GenericInternalRow(of.features().size());
      windows.present(time, values, 0);
      rows.add(new JoinedRow(request, values));
    }
  }

  private static long timeOf(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal) ? NEVER : row.getLong(ordinal);
  }
}
