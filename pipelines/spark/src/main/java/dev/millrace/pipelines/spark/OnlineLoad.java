package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.window.PackedTiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/** Writes one partition of tiles, in which an entity's tiles stand side by side. */
final class OnlineLoad implements VoidFunction<Iterator<InternalRow>> {
  private static final long serialVersionUID = 1L;

  private final Sink.Online sink;
  private final Stamp stamp;
  private final ArrayList<Column> keys;
  private final Emit.Tiles emit;
  private final LongAccumulator entities;

  OnlineLoad(Sink.Online sink, Stamp stamp, WindowAggregate tiles, LongAccumulator entities) {
    this.sink = sink;
    this.stamp = stamp;
    this.keys = new ArrayList<>(tiles.keys());
    this.emit = (Emit.Tiles) tiles.emit();
    this.entities = entities;
  }

  /** How jobs speak to the store. */
  static RedisSettings settings(Sink.OnlineAddress address) {
    return RedisSettings.of(
        address.host(),
        address.port(),
        address.settings(),
        RedisSettings.ofJob(address.host(), address.port()));
  }

  @Override
  public void call(Iterator<InternalRow> rows) {
    try (OnlineStore store = OnlineStore.connect(settings(sink.address()))) {
      byte @Nullable [] entity = null;
      Stamp of = stamp;
      NavigableMap<Long, NavigableMap<Long, byte[]>> tiles = new TreeMap<>();
      while (rows.hasNext()) {
        InternalRow row = rows.next();
        byte[] next = entityOf(row);
        if (entity != null && !Arrays.equals(entity, next)) {
          put(store, entity, of, tiles);
          tiles.clear();
        }
        entity = next;
        of = emit.isOpen() ? stamp.until(row.getLong(keys.size() + 3)) : stamp;
        tiles
            .computeIfAbsent(row.getLong(keys.size()), none -> new TreeMap<>())
            .put(row.getLong(keys.size() + 1), row.getBinary(keys.size() + 2));
      }
      if (entity != null) {
        put(store, entity, of, tiles);
      }
      store.flush();
    }
  }

  private void put(
      OnlineStore store,
      byte[] entity,
      Stamp of,
      NavigableMap<Long, NavigableMap<Long, byte[]>> tiles) {
    store.load(sink.space(), entity, of, PackedTiles.pack(tiles), sink.ttl());
    entities.add(1);
  }

  private byte[] entityOf(InternalRow row) {
    return EntityKey.encodeRow(keys, row);
  }
}
