package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileWriter;
import java.util.ArrayDeque;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Gives out the tiles of a key that a reader at {@code end} or later can need. */
final class TileSteps implements KeyedPass.Steps {
  private final TileWriter writer;
  private final ArrayDeque<InternalRow> finished = new ArrayDeque<>();
  private final int timeOrdinal;
  private UnsafeRow key = new UnsafeRow(0);

  TileSteps(EventLayout layout, long end) {
    this.writer =
        new TileWriter(
            new TileLayout(layout.windows()),
            end,
            (hop, start, tile) ->
                finished.add(
                    new JoinedRow(key, new GenericInternalRow(new Object[] {hop, start, tile}))));
    this.timeOrdinal = layout.eventTime();
  }

  @Override
  public void begin(UnsafeRow newKey) {
    key = newKey;
  }

  @Override
  public void row(InternalRow event, ArrayDeque<InternalRow> out) {
    writer.add(event.getLong(timeOrdinal), event);
    giveOut(out);
  }

  @Override
  public void end(ArrayDeque<InternalRow> out) {
    writer.end();
    giveOut(out);
  }

  private void giveOut(ArrayDeque<InternalRow> out) {
    out.addAll(finished);
    finished.clear();
  }
}
