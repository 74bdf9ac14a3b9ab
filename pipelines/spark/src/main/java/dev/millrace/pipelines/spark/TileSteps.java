package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Gives out the tiles of a key that a reader at {@code end} or later can need; with the key's own
 * end, which is known last, where they are of all events.
 */
final class TileSteps implements KeyedPass.Steps {
  @SuppressWarnings("ArrayRecordComponent")
  private record Finished(long hop, long start, byte[] bytes) {}

  private final TileWriter writer;
  private final List<Finished> finished = new ArrayList<>();
  private final int timeOrdinal;
  private final Emit.Tiles emit;
  private final long end;
  private UnsafeRow key = new UnsafeRow(0);
  private long last = Long.MIN_VALUE;

  TileSteps(EventLayout layout, Emit.Tiles emit) {
    this.emit = emit;
    this.end = Micros.of(emit.end());
    this.writer =
        new TileWriter(
            new TileLayout(layout.windows()),
            end,
            (hop, start, tile) -> finished.add(new Finished(hop, start, tile)));
    this.timeOrdinal = layout.eventTime();
  }

  @Override
  public void begin(UnsafeRow newKey) {
    key = newKey;
    last = Long.MIN_VALUE;
  }

  @Override
  public void row(InternalRow event, ArrayDeque<InternalRow> out) {
    last = event.getLong(timeOrdinal);
    writer.add(last, event);
  }

  /** Gives out a key's tiles side by side, whatever other keys are met in between. */
  @Override
  public void end(ArrayDeque<InternalRow> out) {
    writer.end();
    for (Finished tile : finished) {
      out.add(
          TileRows.of(key, emit, tile.hop(), tile.start(), tile.bytes(), Math.max(end, last + 1)));
    }
    finished.clear();
  }
}
