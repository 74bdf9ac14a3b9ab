package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/** Gives out the tiles of a key that a reader at {@code end} or later can need. */
final class TilePass implements Iterator<InternalRow>, KeyedPass.Steps {
  private final KeyedPass pass;
  private final TileLayout layout;
  private final List<Long> hops;
  private final long[] oldest;
  private final long[] starts;
  private final TileLayout.@Nullable Tile[] open;
  private final int timeOrdinal;
  private UnsafeRow key = new UnsafeRow(0);

  TilePass(
      Iterator<InternalRow> rows,
      DataType[] keyTypes,
      List<WindowedAggregation> windows,
      long end) {
    this.layout = new TileLayout(windows);
    this.hops = layout.hops();
    this.oldest =
        hops.stream().mapToLong(hop -> Window.floor(end - layout.reach(hop), hop)).toArray();
    this.starts = new long[hops.size()];
    this.open = new TileLayout.Tile[hops.size()];
    this.timeOrdinal = keyTypes.length;
    this.pass = new KeyedPass(rows, keyTypes, this);
  }

  @Override
  public void begin(UnsafeRow newKey) {
    key = newKey;
  }

  @Override
  public void row(InternalRow event, ArrayDeque<InternalRow> out) {
    for (int i = 0; i < open.length; i++) {
      long start = Window.floor(event.getLong(timeOrdinal), hops.get(i));
      if (start < oldest[i]) {
        continue;
      }
      TileLayout.Tile tile = open[i];
      if (tile == null || starts[i] != start) {
        close(i, out);
        tile = layout.empty(hops.get(i));
        open[i] = tile;
        starts[i] = start;
      }
      tile.add(event);
    }
  }

  @Override
  public void end(ArrayDeque<InternalRow> out) {
    for (int i = 0; i < open.length; i++) {
      close(i, out);
    }
  }

  private void close(int hop, ArrayDeque<InternalRow> out) {
    TileLayout.Tile tile = open[hop];
    if (tile != null) {
      Object[] values = {hops.get(hop), starts[hop], tile.encode()};
      out.add(new JoinedRow(key, new GenericInternalRow(values)));
      open[hop] = null;
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
