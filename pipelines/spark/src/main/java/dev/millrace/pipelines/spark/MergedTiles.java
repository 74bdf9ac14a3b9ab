package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
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
  private final Emit.Tiles emit;
  private final int hop;
  private final ArrayDeque<InternalRow> out = new ArrayDeque<>();
  private @Nullable InternalRow waiting;

  MergedTiles(Iterator<InternalRow> rows, EventLayout layout, Emit.Tiles emit) {
    this.rows = rows;
    this.keyOf = UnsafeProjection.create(layout.keyTypes());
    this.layout = new TileLayout(layout.windows());
    this.emit = emit;
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
    long end = end(first);
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
      end = Math.max(end, end(row));
    }
    if (merged == null) {
      out.add(first);
    } else {
      long ofAll = end;
      merged.giveOut(
          ofAll,
          (ofHop, start, tile) -> out.add(TileRows.of(key, emit, ofHop, start, tile, ofAll)));
    }
  }

  private long end(InternalRow row) {
    return emit.isOpen() ? row.getLong(hop + 3) : Micros.of(emit.end());
  }

  private TileSet tiles(InternalRow row) {
    TileSet one = layout.tiles();
    one.put(row.getLong(hop), row.getLong(hop + 1), row.getBinary(hop + 2));
    return one;
  }
}
