package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.KeyWindows;
import java.util.ArrayDeque;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;

/** Gives out each request of a key with its windows' values at that time. */
final class LookUpSteps implements KeyedPass.Steps {
  private final EventLayout layout;
  private final int spineWidth;
  private final KeyWindows windows;

  // Requests are given out one at a time, so that one row serves all.
  private final InternalRow values;
  private final JoinedRow joined = new JoinedRow();

  LookUpSteps(EventLayout layout, StructType spine) {
    this.layout = layout;
    this.spineWidth = spine.size();
    this.windows = layout.keyWindows();
    this.values = windows.row();
  }

  @Override
  public void begin(UnsafeRow key) {
    windows.clear();
  }

  @Override
  public void row(InternalRow row, ArrayDeque<InternalRow> out) {
    if (row.getBoolean(layout.isEvent())) {
      windows.add(row.getLong(layout.eventTime()), row);
      return;
    }
    int time = layout.time();
    windows.present(row.isNullAt(time) ? Long.MIN_VALUE / 2 : row.getLong(time), values, 0);
    out.add(joined.apply(row.getStruct(layout.size(), spineWidth), values));
  }

  @Override
  public void end(ArrayDeque<InternalRow> out) {}
}
