package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.KeyWindows;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;

/** Gives out each request of a key with its windows' values at that time. */
final class LookUpPass implements Iterator<InternalRow> {
  private final KeyedPass pass;

  LookUpPass(Iterator<InternalRow> rows, EventLayout layout, StructType spine) {
    int time = layout.time();
    int eventTime = layout.eventTime();
    KeyWindows windows = layout.keyWindows();
    // Requests are given out one at a time, so that one row serves all.
    InternalRow values = windows.row();
    JoinedRow joined = new JoinedRow();
    this.pass =
        new KeyedPass(
            rows,
            layout.keyTypes(),
            new KeyedPass.Steps() {
              @Override
              public void begin(UnsafeRow key) {
                windows.clear();
              }

              @Override
              public void row(InternalRow row, ArrayDeque<InternalRow> out) {
                if (row.getBoolean(layout.isEvent())) {
                  windows.add(row.getLong(eventTime), row);
                  return;
                }
                windows.present(
                    row.isNullAt(time) ? Long.MIN_VALUE / 2 : row.getLong(time), values, 0);
                out.add(joined.apply(row.getStruct(layout.size(), spine.size()), values));
              }

              @Override
              public void end(ArrayDeque<InternalRow> out) {}
            });
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
