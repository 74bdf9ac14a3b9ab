package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of a windowed aggregation by key. Each batch of events is made into tiles of its own,
 * which are merged into the bytes of those that are there, as a stream's are.
 */
final class KeyedTiles {
  private final WindowAggregate aggregate;
  private final TileLayout layout;
  private final long end;
  private final boolean isOpen;
  private final Map<ByteBuffer, Object[]> keys = new LinkedHashMap<>();
  private final Map<ByteBuffer, TileSet> tiles = new LinkedHashMap<>();
  private final Map<ByteBuffer, Long> ends = new HashMap<>();

  private KeyedTiles(WindowAggregate aggregate, long end, boolean isOpen) {
    this.aggregate = aggregate;
    this.layout = new TileLayout(EventsByKey.bound(aggregate.events()));
    this.end = end;
    this.isOpen = isOpen;
  }

  /** Tiles of the events before {@code end}, in microseconds. */
  KeyedTiles(WindowAggregate aggregate, long end) {
    this(aggregate, end, false);
  }

  /** The tiles that are asked for. */
  static KeyedTiles of(WindowAggregate aggregate, Emit.Tiles emit) {
    return new KeyedTiles(aggregate, Micros.of(emit.end()), emit.isOpen());
  }

  /** Takes in one batch of the events' inputs. */
  void merge(LocalRows batch) {
    DataType[] keyTypes = KeyValues.types(aggregate);
    EventsByKey events = EventsByKey.of(batch, aggregate.events().keys());
    events
        .events()
        .forEach(
            (key, each) -> {
              TileSet fresh = layout.tiles();
              each.stream()
                  .filter(event -> isOpen || events.seenAfter(event) < end)
                  .forEach(
                      event -> {
                        fresh.add(events.time(event), event);
                        ends.merge(key, events.time(event) + 1, Math::max);
                      });
              keys.putIfAbsent(key, KeyValues.of(each.get(0), keyTypes));
              tiles.computeIfAbsent(key, none -> layout.tiles()).merge(fresh);
            });
  }

  /** The tiles that a reader at the end or later can need. */
  LocalRows tiles() {
    List<InternalRow> rows = new ArrayList<>();
    tiles.forEach(
        (key, ofKey) ->
            ofKey.giveOut(
                end, (hop, start, tile) -> rows.add(row(key, tile(key, hop, start, tile)))));
    return new LocalRows(aggregate.schema(), rows);
  }

  private List<@Nullable Object> tile(ByteBuffer key, long hop, long start, byte[] tile) {
    List<@Nullable Object> row = new ArrayList<>(Arrays.asList(hop, start, tile));
    if (isOpen) {
      row.add(Math.max(end, ends.getOrDefault(key, end)));
    }
    return row;
  }

  /**
   * The values at the end, read from the tiles as the online reader does. A tile tells nothing of
   * the times within it, so tiles that are to be read at a time hold the events before it.
   */
  List<InternalRow> values() {
    List<InternalRow> rows = new ArrayList<>();
    tiles.forEach(
        (key, ofKey) -> {
          if (aggregate.isWhole() || !layout.isEmpty(end, ofKey)) {
            rows.add(row(key, values(ofKey)));
          }
        });
    if (aggregate.isWhole() && tiles.isEmpty()) {
      rows.add(row(ByteBuffer.allocate(0), values(layout.tiles())));
    }
    return rows;
  }

  private List<@Nullable Object> values(TileSet of) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(end);
    values.addAll(layout.present(end, of));
    return values;
  }

  private InternalRow row(ByteBuffer key, List<@Nullable Object> rest) {
    List<@Nullable Object> row =
        new ArrayList<>(Arrays.asList(keys.getOrDefault(key, new Object[0])));
    row.addAll(rest);
    return new GenericInternalRow(row.toArray());
  }
}
