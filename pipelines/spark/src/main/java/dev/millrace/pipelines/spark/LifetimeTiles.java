package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Tiles of windows that have no start, which the order of events is nothing to: each partition
 * makes tiles of its own, and those of a key are brought together and merged ({@link MergedTiles}).
 * So tiles are shuffled and no events are.
 */
final class LifetimeTiles implements Iterator<InternalRow> {
  /** How many keys a partition has tiles of in memory; those of more are given out in parts. */
  private static final int MOST_KEYS = 10_000;

  /** As many where nearly each row is of another key: so few stay in the processor's cache. */
  private static final int FEW_KEYS = 100;

  private final Iterator<InternalRow> rows;
  private final UnsafeProjection keyOf;
  private final TileLayout layout;
  private final Emit.Tiles emit;
  private final long end;
  private final int time;
  private final Map<UnsafeRow, TileSet> tiles = new HashMap<>();
  private final ArrayDeque<InternalRow> out = new ArrayDeque<>();
  private int mostKeys = MOST_KEYS;
  private long added;

  /** Tiles of a partition's events, several of one key where there are many keys. */
  LifetimeTiles(Iterator<InternalRow> events, EventLayout layout, Emit.Tiles emit) {
    this.rows = events;
    this.keyOf = UnsafeProjection.create(layout.keyTypes());
    this.layout = new TileLayout(layout.windows());
    this.emit = emit;
    this.end = Micros.of(emit.end());
    this.time = layout.eventTime();
  }

  @Override
  public boolean hasNext() {
    while (out.isEmpty() && rows.hasNext()) {
      InternalRow row = rows.next();
      UnsafeRow key = keyOf.apply(row);
      TileSet ofKey = tiles.get(key);
      if (ofKey == null) {
        if (tiles.size() == mostKeys) {
          mostKeys = added < 2L * mostKeys ? FEW_KEYS : MOST_KEYS;
          giveOut();
        }
        ofKey = layout.tiles();
        tiles.put(key.copy(), ofKey);
      }
      ofKey.add(row.getLong(time), row);
      added++;
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
                    out.add(TileRows.of(key, emit, hop, start, tile, Math.max(end, ofKey.end())))));
    tiles.clear();
    added = 0;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return out.removeFirst();
  }
}
