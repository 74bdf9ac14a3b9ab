package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Sink;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of which an interval of time is replaced. */
final class Intervals {
  private Intervals() {}

  static Rows replace(Rows table, Sink.Interval interval, Rows by) {
    int time = table.schema().names().indexOf(interval.column());
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> row : table.values()) {
      Instant at = (Instant) row.get(time);
      if (at == null || at.isBefore(interval.start()) || !at.isBefore(interval.end())) {
        rows.add(row);
      }
    }
    rows.addAll(by.values());
    return new Rows(by.schema(), rows);
  }
}
