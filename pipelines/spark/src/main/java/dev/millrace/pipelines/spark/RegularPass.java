package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.SlidingWindows;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;

/**
 * Gives out a key's values at regular times, but for times at which all of its windows are empty.
 */
final class RegularPass implements Iterator<InternalRow>, KeyedPass.Steps {
  private final KeyedPass pass;
  private final SlidingWindows sliding;
  private final int timeOrdinal;
  private final int width;
  private final long start;
  private final long end;
  private final long period;
  private UnsafeRow key = new UnsafeRow(0);
  private long next;

  RegularPass(
      Iterator<InternalRow> rows,
      DataType[] keyTypes,
      List<WindowedAggregation> windows,
      long start,
      long end,
      long period) {
    this.timeOrdinal = keyTypes.length;
    this.sliding = new SlidingWindows(windows);
    this.width = windows.size();
    this.start = start;
    this.end = end;
    this.period = period;
    this.pass = new KeyedPass(rows, keyTypes, this);
  }

  @Override
  public void begin(UnsafeRow newKey) {
    key = newKey;
    next = start;
    sliding.clear();
  }

  @Override
  public void row(InternalRow event, ArrayDeque<InternalRow> out) {
    long time = event.getLong(timeOrdinal);
    emitUpTo(time, out);
    sliding.add(time, event);
  }

  @Override
  public void end(ArrayDeque<InternalRow> out) {
    emitUpTo(end - 1, out);
  }

  private void emitUpTo(long time, ArrayDeque<InternalRow> out) {
    for (; next <= time && next < end; next += period) {
      InternalRow values = new GenericInternalRow(width + 1);
      values.setLong(0, next);
      sliding.present(next, values, 1);
      if (!sliding.isEmpty()) {
        out.add(new JoinedRow(key, values));
      }
    }
  }

  @Override
  public boolean hasNext() {
    return pass.hasNext();
  }

  @Override
  public InternalRow next() {
    return pass.next();
  }
}
