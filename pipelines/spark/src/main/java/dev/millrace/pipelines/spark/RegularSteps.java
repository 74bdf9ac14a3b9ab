package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.KeyWindows;
import java.util.ArrayDeque;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Gives out a key's values at regular times, but for times at which all of its windows are empty.
 */
final class RegularSteps implements KeyedPass.Steps {
  private final EventLayout layout;
  private final KeyWindows windows;
  private final int width;
  private final long start;
  private final long end;
  private final long period;
  private UnsafeRow key = new UnsafeRow(0);
  private long next;

  RegularSteps(EventLayout layout, long start, long end, long period) {
    this.layout = layout;
    this.windows = layout.keyWindows();
    this.width = layout.windows().size();
    this.start = start;
    this.end = end;
    this.period = period;
  }

  @Override
  public void begin(UnsafeRow newKey) {
    key = newKey;
    next = start;
    windows.clear();
  }

  @Override
  public void row(InternalRow event, ArrayDeque<InternalRow> out) {
    emitUpTo(event.getLong(layout.time()), out);
    windows.add(event.getLong(layout.eventTime()), event);
  }

  @Override
  public void end(ArrayDeque<InternalRow> out) {
    emitUpTo(end - 1, out);
  }

  private void emitUpTo(long time, ArrayDeque<InternalRow> out) {
    for (; next <= time && next < end; next += period) {
      InternalRow values = new GenericInternalRow(width + 1);
      values.setLong(0, next);
      windows.present(next, values, 1);
      if (!windows.isEmpty()) {
        out.add(new JoinedRow(key, values));
      }
    }
  }
}
