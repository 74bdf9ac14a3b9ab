package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Interval;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of which an interval of time is replaced. */
final class Intervals {
  private Intervals() {}

  static Rows replace(Rows table, Interval interval, Rows by) {
    return replace(table, interval, false, by);
  }

  /** Replaces the rows without a time too. */
  static Rows replaceWithUnknown(Rows table, Interval interval, Rows by) {
    return replace(table, interval, true, by);
  }

  private static Rows replace(Rows table, Interval interval, boolean unknown, Rows by) {
    int column = table.schema().names().indexOf(interval.column());
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> row : table.values()) {
      Instant time = time(row.get(column));
      boolean replaced =
          time == null
              ? unknown
              : !time.isBefore(interval.start()) && time.isBefore(interval.end());
      if (!replaced) {
        rows.add(row);
      }
    }
    rows.addAll(by.values());
    return new Rows(by.schema(), rows);
  }

  private static @Nullable Instant time(@Nullable Object value) {
    return value instanceof LocalDate day
        ? day.atStartOfDay(ZoneOffset.UTC).toInstant()
        : (Instant) value;
  }
}
