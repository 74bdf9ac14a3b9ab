package dev.millrace.pipelines.local;

import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
  private final Map<ByteBuffer, Object[]> keys = new LinkedHashMap<>();
  private final Map<ByteBuffer, TileSet> tiles = new LinkedHashMap<>();

  /** Tiles of the events before {@code end}, in microseconds. */
  KeyedTiles(WindowAggregate aggregate, long end) {
    this.aggregate = aggregate;
    this.layout = new TileLayout(EventsByKey.bound(aggregate.events()));
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
              TileSet fresh = layout.tiles();
              each.stream()
                  .filter(event -> events.seenAfter(event) < end)
                  .forEach(event -> fresh.add(events.time(event), event));
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
                end, (hop, start, tile) -> rows.add(row(key, Arrays.asList(hop, start, tile)))));
    return new LocalRows(aggregate.schema(), rows);
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
