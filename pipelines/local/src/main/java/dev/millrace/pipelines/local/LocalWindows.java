package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.KeyWindows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;

/** Windows over all events at once. */
final class LocalWindows {
  private LocalWindows() {}

  static LocalRows aggregate(WindowAggregate aggregate, LocalRows inputs) {
    if (aggregate.emit() instanceof Emit.Tiles tiles) {
      KeyedTiles set = KeyedTiles.of(aggregate, tiles);
      set.merge(inputs);
      return set.tiles();
    }
    Emit.Every every = (Emit.Every) aggregate.emit();
    List<String> keys = aggregate.events().keys();
    EventsByKey events = EventsByKey.of(inputs, keys);
    DataType[] keyTypes = KeyValues.types(aggregate);
    KeyWindows windows = EventsByKey.windows(aggregate.events());
    List<InternalRow> rows = new ArrayList<>();
    for (List<InternalRow> each : events.events().values()) {
      Object[] key = KeyValues.of(each.get(0), keyTypes);
      valuesOf(key, each, events, windows, every, aggregate, rows);
    }
    if (aggregate.isWhole() && !events.events().containsKey(ByteBuffer.wrap(new byte[0]))) {
      valuesOf(new Object[0], List.of(), events, windows, every, aggregate, rows);
    }
    return new LocalRows(aggregate.schema(), rows);
  }

  private static void valuesOf(
      Object[] key,
      List<InternalRow> events,
      EventsByKey times,
      KeyWindows windows,
      Emit.Every every,
      WindowAggregate aggregate,
      List<InternalRow> rows) {
    int width = aggregate.events().features().size();
    windows.clear();
    int next = 0;
    long end = Micros.of(every.end());
    for (long time = Micros.of(every.start()); time < end; time += every.period()) {
      while (next < events.size() && times.seenAfter(events.get(next)) < time) {
        InternalRow event = events.get(next++);
        windows.add(times.time(event), event);
      }
      Object[] values = new Object[key.length + 1 + width];
      System.arraycopy(key, 0, values, 0, key.length);
      values[key.length] = time;
      InternalRow row = new GenericInternalRow(values);
      windows.present(time, row, key.length + 1);
      if (aggregate.isWhole() || !windows.isEmpty()) {
        rows.add(row);
      }
    }
  }
}
