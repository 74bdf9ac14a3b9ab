package dev.millrace.pipelines.spark;

import com.redislabs.provider.redis.ReadWriteConfig;
import com.redislabs.provider.redis.rdd.RedisKeysRDD;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.jspecify.annotations.Nullable;

/**
 * Reads a space of the online store back: spark-redis splits slots over tasks and scans the keys of
 * each, whose values are then read and merged as a reader does it.
 */
final class OnlineScan implements FlatMapFunction<Iterator<String>, InternalRow> {
  private static final long serialVersionUID = 1L;
  private static final int KEYS_A_SCAN = 1000;
  private static final int ENTITIES_AT_ONCE = 500;

  private final Sink.OnlineAddress address;
  private final String space;
  private final ArrayList<WindowedAggregation> windows;
  private final long time;

  private OnlineScan(OnlineRead read) {
    this.address = read.address();
    this.space = read.space();
    this.windows = new ArrayList<>(read.windows());
    this.time = Micros.of(read.time());
  }

  static Dataset<Row> rows(SparkSession session, OnlineRead read) {
    // One that does not answer, or refuses, says so here.
    OnlineStore.connect(OnlineLoad.settings(read.address())).close();
    return rows(session, read, session.sparkContext().defaultParallelism());
  }

  /**
   * The rows in about so many tasks, each of which has the keys of all nodes that it meets scanned.
   */
  static Dataset<Row> rows(SparkSession session, OnlineRead read, int tasks) {
    OnlineNodes nodes = new OnlineNodes(read.address());
    RedisKeysRDD keys =
        new RedisKeysRDD(
            session.sparkContext(),
            nodes,
            new ReadWriteConfig(KEYS_A_SCAN, KEYS_A_SCAN, KEYS_A_SCAN),
            OnlineStore.pattern(read.space()),
            whole(tasks, nodes.hosts().length),
            null);
    return session.internalCreateDataFrame(
        keys.toJavaRDD().mapPartitions(new OnlineScan(read)).rdd(),
        CatalystTypes.toCatalyst(read.schema()),
        false);
  }

  /** As many for each range of slots, since spark-redis finds too few otherwise. */
  private static int whole(int wanted, int ranges) {
    return wanted <= ranges ? wanted : (wanted + ranges - 1) / ranges * ranges;
  }

  @Override
  public Iterator<InternalRow> call(Iterator<String> keys) {
    TileLayout layout = new TileLayout(windows);
    List<InternalRow> rows = new ArrayList<>();
    try (OnlineStore store = OnlineStore.at(OnlineLoad.settings(address))) {
      List<OnlineStore.Wanted> wanted = new ArrayList<>();
      while (keys.hasNext()) {
        wanted.add(new OnlineStore.Wanted(space, OnlineStore.entityOf(space, keys.next())));
        if (wanted.size() == ENTITIES_AT_ONCE || !keys.hasNext()) {
          List<Optional<StoredEntity>> found = store.read(wanted);
          for (int i = 0; i < found.size(); i++) {
            byte[] entity = wanted.get(i).entity();
            found.get(i).ifPresent(stored -> rows.add(row(layout, entity, stored)));
          }
          wanted.clear();
        }
      }
    }
    return rows.iterator();
  }

  private InternalRow row(TileLayout layout, byte[] entity, StoredEntity stored) {
    List<PackedTiles> tiles = stored.tiles(layout);
    @Nullable Object[] row = new Object[OnlineRead.BEFORE_VALUES + windows.size()];
    row[0] = entity;
    row[1] = stored.stamp().end();
    row[2] = tiles.stream().allMatch(piece -> layout.isEmpty(time, piece));
    if (stored.stamp().end() <= time) {
      List<@Nullable Object> values = layout.present(time, tiles);
      for (int i = 0; i < values.size(); i++) {
        row[OnlineRead.BEFORE_VALUES + i] = values.get(i);
      }
    }
    return new GenericInternalRow(row);
  }
}
