package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.Tile;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates all rows into one, without a shuffle: each partition gives its tile, and the driver
 * merges them.
 */
final class WholeAggregate {
  private final SparkSession session;
  private final List<WindowedAggregation> windows;

  WholeAggregate(SparkSession session, List<WindowedAggregation> windows) {
    this.session = session;
    this.windows = windows;
  }

  /** One row: the time, and the values. */
  Dataset<Row> aggregate(Dataset<Row> rows, long time, StructType schema) {
    List<@Nullable Object> values = values(rows, time);
    values.add(0, time);
    org.apache.spark.rdd.RDD<InternalRow> one =
        org.apache.spark.api.java.JavaSparkContext.fromSparkContext(session.sparkContext())
            .<InternalRow>parallelize(List.of(new GenericInternalRow(values.toArray())), 1)
            .rdd();
    return session.internalCreateDataFrame(one, schema, false);
  }

  /** The values, as Catalyst has them. */
  List<@Nullable Object> values(Dataset<Row> rows, long time) {
    TileLayout layout = new TileLayout(windows);
    long hop = layout.hops().get(0);
    List<WindowedAggregation> shipped = new ArrayList<>(windows);
    FlatMapFunction<Iterator<InternalRow>, byte[]> part = each -> partial(each, shipped);
    Tile merged = layout.empty(hop);
    for (byte[] tile : rows.queryExecution().toRdd().toJavaRDD().mapPartitions(part).collect()) {
      merged.merge(layout.decode(hop, tile));
    }
    TileSet tiles = layout.tiles();
    tiles.put(hop, Long.MIN_VALUE, merged.encode());
    return new ArrayList<>(layout.present(time, tiles));
  }

  private static Iterator<byte[]> partial(
      Iterator<InternalRow> rows, List<WindowedAggregation> windows) {
    TileLayout layout = new TileLayout(windows);
    Tile tile = layout.empty(layout.hops().get(0));
    rows.forEachRemaining(tile::add);
    return List.of(tile.encode()).iterator();
  }
}
