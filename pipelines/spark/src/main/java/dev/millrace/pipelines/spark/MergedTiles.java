package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Whole tiles, of rows of keys, hop, start and tile that are sorted by key. One that is its key's
 * only one is given on as it is.
 */
final class MergedTiles implements Iterator<InternalRow> {
  private final Iterator<InternalRow> rows;
  private final UnsafeProjection keyOf;
  private final TileLayout layout;
  private final long end;
  private final int hop;
  private final ArrayDeque<InternalRow> out = new ArrayDeque<>();
  private @Nullable InternalRow waiting;

  MergedTiles(Iterator<InternalRow> rows, EventLayout layout, long end) {
    this.rows = rows;
    this.keyOf = UnsafeProjection.create(layout.keyTypes());
    this.layout = new TileLayout(layout.windows());
    this.end = end;
    this.hop = layout.keyTypes().length;
  }

  @Override
  public boolean hasNext() {
    return !out.isEmpty() || waiting != null || rows.hasNext();
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (out.isEmpty()) {
      nextKey();
    }
    return out.removeFirst();
  }

  private void nextKey() {
    InternalRow first = waiting == null ? rows.next().copy() : waiting;
    waiting = null;
    UnsafeRow key = keyOf.apply(first).copy();
    @Nullable TileSet merged = null;
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      if (!keyOf.apply(row).equals(key)) {
        waiting = row.copy();
        break;
      }
      if (merged == null) {
        merged = tiles(first);
      }
      merged.merge(tiles(row));
    }
    if (merged == null) {
      out.add(first);
    } else {
      merged.giveOut(
          end,
          (ofHop, start, tile) ->
              out.add(
                  new JoinedRow(key, new GenericInternalRow(new Object[] {ofHop, start, tile}))));
    }
  }

  private TileSet tiles(InternalRow row) {
    TileSet one = layout.tiles();
    one.put(row.getLong(hop), row.getLong(hop + 1), row.getBinary(hop + 2));
    return one;
  }
}
