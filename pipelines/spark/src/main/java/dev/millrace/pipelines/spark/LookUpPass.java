package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.SlidingWindows;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Gives out each request of a key with its windows' values at that time. */
final class LookUpPass implements Iterator<InternalRow> {
  private final KeyedPass pass;

  LookUpPass(
      Iterator<InternalRow> rows,
      DataType[] keyTypes,
      List<WindowedAggregation> windows,
      int spineOrdinal,
      StructType spine) {
    int time = keyTypes.length;
    int isEvent = time + 1;
    SlidingWindows sliding = new SlidingWindows(windows);
    // Requests are given out one at a time, so that one row serves all.
    InternalRow values = sliding.row();
    JoinedRow joined = new JoinedRow();
    this.pass =
        new KeyedPass(
            rows,
            keyTypes,
            new KeyedPass.Steps() {
              @Override
              public void begin(UnsafeRow key) {
                sliding.clear();
              }

              @Override
              public void row(InternalRow row, ArrayDeque<InternalRow> out) {
                if (row.getBoolean(isEvent)) {
                  sliding.add(row.getLong(time), row);
                  return;
                }
                sliding.present(
                    row.isNullAt(time) ? Long.MIN_VALUE / 2 : row.getLong(time), values, 0);
                out.add(joined.apply(row.getStruct(spineOrdinal, spine.size()), values));
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
