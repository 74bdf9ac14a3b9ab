package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.LoadStamp;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.StoredTile;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/** Writes one partition of tiles, in which an entity's tiles stand side by side. */
final class OnlineLoad implements ForeachPartitionFunction<Row> {
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Sink.OnlineAddress address;
  private final String space;
  private final Duration ttl;
  private final LoadStamp stamp;
  private final ArrayList<Column> keys;
  private final LongAccumulator entities;

  OnlineLoad(Sink.Online sink, LoadStamp stamp, List<Column> keys, LongAccumulator entities) {
    this.address = sink.address();
    this.space = sink.space();
    this.ttl = sink.ttl();
    this.stamp = stamp;
    this.keys = new ArrayList<>(keys);
    this.entities = entities;
  }

  @Override
  public void call(Iterator<Row> rows) {
    try (OnlineStore store = OnlineStore.connect(address.host(), address.port(), TIMEOUT)) {
      byte @Nullable [] entity = null;
      List<StoredTile> tiles = new ArrayList<>();
      while (rows.hasNext()) {
        Row row = rows.next();
        byte[] next = entityOf(row);
        if (entity != null && !Arrays.equals(entity, next)) {
          put(store, entity, tiles);
          tiles = new ArrayList<>();
        }
        entity = next;
        tiles.add(tile(row));
      }
      if (entity != null) {
        put(store, entity, tiles);
      }
      store.flush();
    }
  }

  private void put(OnlineStore store, byte[] entity, List<StoredTile> tiles) {
    store.replace(space, entity, tiles, stamp, ttl);
    entities.add(1);
  }

  private byte[] entityOf(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      values.add(row.get(i));
    }
    return EntityKey.encode(keys, values);
  }

  private StoredTile tile(Row row) {
    int at = keys.size();
    long start = Micros.of(row.getTimestamp(at + 1).toInstant());
    return new StoredTile(row.getLong(at), start, row.getAs(at + 2));
  }
}
