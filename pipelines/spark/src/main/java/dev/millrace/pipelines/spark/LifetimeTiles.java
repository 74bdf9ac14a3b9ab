package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Tiles of windows that have no start, which the order of events is nothing to: each partition
 * makes tiles of its own, and those of a key are brought together and merged. So tiles are shuffled
 * and no events are.
 */
final class LifetimeTiles implements Iterator<InternalRow> {
  /** How many keys a partition has tiles of in memory; those of more are given out in parts. */
  private static final int MOST_KEYS = 10_000;

  private final Iterator<InternalRow> rows;
  private final UnsafeProjection keyOf;
  private final TileLayout layout;
  private final long end;
  private final BiConsumer<TileSet, InternalRow> add;
  private final int mostKeys;
  private final Map<UnsafeRow, TileSet> tiles = new HashMap<>();
  private final ArrayDeque<InternalRow> out = new ArrayDeque<>();

  private LifetimeTiles(
      Iterator<InternalRow> rows,
      EventLayout layout,
      long end,
      int mostKeys,
      BiConsumer<TileSet, InternalRow> add) {
    this.rows = rows;
    this.keyOf = UnsafeProjection.create(layout.keyTypes());
    this.layout = new TileLayout(layout.windows());
    this.end = end;
    this.mostKeys = mostKeys;
    this.add = add;
  }

  /** Tiles of a partition's events, several of one key where there are many keys. */
  static Iterator<InternalRow> partial(Iterator<InternalRow> events, EventLayout layout, long end) {
    int time = layout.eventTime();
    return new LifetimeTiles(
        events, layout, end, MOST_KEYS, (tiles, event) -> tiles.add(event.getLong(time), event));
  }

  /** Whole tiles, of partial ones that are sorted by key. */
  static Iterator<InternalRow> merged(Iterator<InternalRow> partial, EventLayout layout, long end) {
    TileLayout tileLayout = new TileLayout(layout.windows());
    int hop = layout.keyTypes().length;
    return new LifetimeTiles(
        partial,
        layout,
        end,
        1,
        (tiles, row) -> {
          TileSet one = tileLayout.tiles();
          one.put(row.getLong(hop), row.getLong(hop + 1), row.getBinary(hop + 2));
          tiles.merge(one);
        });
  }

  @Override
  public boolean hasNext() {
    while (out.isEmpty() && rows.hasNext()) {
      InternalRow row = rows.next();
      UnsafeRow key = keyOf.apply(row);
      TileSet ofKey = tiles.get(key);
      if (ofKey == null) {
        if (tiles.size() == mostKeys) {
          giveOut();
        }
        ofKey = layout.tiles();
        tiles.put(key.copy(), ofKey);
      }
      add.accept(ofKey, row);
    }
    if (out.isEmpty()) {
      giveOut();
    }
    return !out.isEmpty();
  }

  private void giveOut() {
    tiles.forEach(
        (key, ofKey) ->
            ofKey.giveOut(
                end,
                (hop, start, tile) ->
                    out.add(
                        new JoinedRow(
                            key,
                            new GenericInternalRow(new Object[] {hop, start, tile.encode()})))));
    tiles.clear();
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return out.removeFirst();
  }
}
