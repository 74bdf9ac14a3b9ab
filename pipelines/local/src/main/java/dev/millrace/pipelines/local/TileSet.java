package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of a windowed aggregation by key, hop and start, kept as the bytes that a store keeps.
 * Each batch of events is made into tiles of its own, which are merged into those that are there.
 */
final class TileSet {
  private final WindowAggregate aggregate;
  private final TileLayout layout;
  private final long end;
  private final Map<ByteBuffer, Object[]> keys = new LinkedHashMap<>();
  private final Map<ByteBuffer, SortedMap<Long, SortedMap<Long, byte[]>>> tiles =
      new LinkedHashMap<>();

  /** Tiles of the events before {@code end}, in microseconds. */
  TileSet(WindowAggregate aggregate, long end) {
    this.aggregate = aggregate;
    this.layout = new TileLayout(LocalWindows.bound(aggregate));
    this.end = end;
  }

  /** Takes in one batch of the events' inputs. */
  void merge(LocalRows batch) {
    DataType[] keyTypes = KeyValues.types(aggregate);
    EventsByKey events = EventsByKey.of(batch, aggregate.events().keys());
    events
        .events()
        .forEach(
            (key, each) -> {
              keys.putIfAbsent(key, KeyValues.of(each.get(0), keyTypes));
              layout.hops().forEach(hop -> merge(key, hop, each, events.time()));
            });
  }

  private void merge(ByteBuffer key, long hop, List<InternalRow> events, int time) {
    Map<Long, TileLayout.Tile> fresh = new TreeMap<>();
    for (InternalRow event : events) {
      if (event.getLong(time) < end) {
        fresh
            .computeIfAbsent(Window.floor(event.getLong(time), hop), start -> layout.empty(hop))
            .add(event);
      }
    }
    SortedMap<Long, byte[]> stored =
        tiles
            .computeIfAbsent(key, none -> new TreeMap<>())
            .computeIfAbsent(hop, none -> new TreeMap<>());
    fresh.forEach(
        (start, tile) -> {
          byte[] there = stored.get(start);
          if (there != null) {
            tile.merge(layout.decode(hop, there));
          }
          stored.put(start, tile.encode());
        });
  }

  /** The tiles that a reader at the end or later can need. */
  LocalRows tiles() {
    List<InternalRow> rows = new ArrayList<>();
    tiles.forEach(
        (key, ofKey) ->
            ofKey.forEach(
                (hop, ofHop) -> {
                  long oldest = Window.floor(end - layout.reach(hop), hop);
                  ofHop
                      .tailMap(oldest)
                      .forEach((start, tile) -> rows.add(row(key, hop, start, tile)));
                }));
    return new LocalRows(aggregate.schema(), rows);
  }

  /**
   * The values at the end, read from the tiles as the online reader does. A tile tells nothing of
   * the times within it, so tiles that are to be read at a time hold the events before it.
   */
  List<InternalRow> values() {
    List<InternalRow> rows = new ArrayList<>();
    keys.forEach(
        (key, values) -> {
          SortedMap<Long, SortedMap<Long, TileLayout.Tile>> decoded = decoded(key);
          if (aggregate.isWhole() || holds(decoded)) {
            rows.add(row(key, concat(end, layout.present(end, decoded))));
          }
        });
    if (aggregate.isWhole() && keys.isEmpty()) {
      rows.add(row(ByteBuffer.allocate(0), concat(end, layout.present(end, new TreeMap<>()))));
    }
    return rows;
  }

  private boolean holds(SortedMap<Long, SortedMap<Long, TileLayout.Tile>> all) {
    return aggregate.events().features().stream()
        .anyMatch(
            feature -> {
              SortedMap<Long, TileLayout.Tile> ofHop = all.get(feature.window().hop());
              long start = feature.window().start(end);
              return ofHop != null && !ofHop.subMap(start, end).isEmpty();
            });
  }

  private SortedMap<Long, SortedMap<Long, TileLayout.Tile>> decoded(ByteBuffer key) {
    SortedMap<Long, SortedMap<Long, TileLayout.Tile>> decoded = new TreeMap<>();
    tiles
        .getOrDefault(key, new TreeMap<>())
        .forEach(
            (hop, ofHop) -> {
              SortedMap<Long, TileLayout.Tile> each = new TreeMap<>();
              ofHop.forEach((start, bytes) -> each.put(start, layout.decode(hop, bytes)));
              decoded.put(hop, each);
            });
    return decoded;
  }

  private InternalRow row(ByteBuffer key, Object... rest) {
    Object[] values = keys.getOrDefault(key, new Object[0]);
    Object[] row = java.util.Arrays.copyOf(values, values.length + rest.length);
    System.arraycopy(rest, 0, row, values.length, rest.length);
    return new GenericInternalRow(row);
  }

  private static Object[] concat(long time, List<@Nullable Object> values) {
    List<@Nullable Object> all = new ArrayList<>();
    all.add(time);
    all.addAll(values);
    return all.toArray();
  }
}
