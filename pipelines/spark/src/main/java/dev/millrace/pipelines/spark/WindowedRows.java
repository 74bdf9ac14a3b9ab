package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.LatestEvents;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Windows over events, in one pass over rows that are partitioned by key and sorted by time within
 * it.
 *
 * <pre>
 *   events     keys, event_time, seen_after, inputs
 *   requests   keys, time, the whole row of the spine
 *   sorted     as {@link EventLayout} has them, requests first at equal times; then the spine's row or null
 * </pre>
 */
final class WindowedRows {
  private static final String SPINE = "__spine";

  private final SparkSession session;

  WindowedRows(SparkSession session) {
    this.session = session;
  }

  /**
   * Those of the events that the latest values at the times of a spine's rows can be of; all of
   * them where other values are asked for too, or where the spine is large.
   *
   * @param inputs the events: keys, event time, the last time that does not see it, inputs
   */
  Dataset<Row> seenBy(Dataset<Row> spine, String time, Events events, Dataset<Row> inputs) {
    int keys = events.keys().size();
    List<WindowedAggregation> latest = new ArrayList<>(events.bind(keys + 2));
    if (!LatestEvents.areLatest(latest)) {
      return inputs;
    }
    Column[] asked =
        Stream.concat(columns(events.keys()), Stream.of(quoted(time))).toArray(Column[]::new);
    Optional<RequestTimes> requests = RequestTimes.of(spine.select(asked));
    if (requests.isEmpty()) {
      return inputs;
    }
    Broadcast<RequestTimes> everywhere =
        JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(requests.get());
    DataType[] keyTypes = types(inputs.schema(), keys);
    // The larger the parts, the fewer events are kept of them.
    int parts = session.sparkContext().defaultParallelism();
    return pass(
        inputs.coalesce(parts),
        rows -> LatestPass.thin(rows, keyTypes, latest, everywhere.value()),
        inputs.schema());
  }

  /** Each row of the spine with the features of its keys at its time beside it. */
  Dataset<Row> lookUp(
      Dataset<Row> spine, String time, AsOfJoin.Lookup lookup, Dataset<Row> inputs) {
    Events events = lookup.events();
    EventLayout layout = EventLayout.asSeen(events, inputs);
    StructType spineType = spine.schema();
    Stream<Column> ofEvents =
        Stream.concat(layout.columns(inputs), Stream.of(lit(null).cast(spineType).as(SPINE)));
    Stream<Column> ofRequests =
        Stream.of(
                columns(events.keys()),
                Stream.of(quoted(time).as(EventLayout.TIME), lit(false).as(EventLayout.IS_EVENT)),
                layout.nulls(inputs),
                Stream.of(
                    struct(columns(Arrays.asList(spine.columns())).toArray(Column[]::new))
                        .as(SPINE)))
            .flatMap(part -> part);
    Dataset<Row> both =
        inputs
            .select(ofEvents.toArray(Column[]::new))
            .union(spine.select(ofRequests.toArray(Column[]::new)));
    StructType result = spineType;
    for (dev.millrace.transforms.type.Column value : events.values()) {
      result =
          result.add(
              lookup.prefix() + "__" + value.name(), CatalystTypes.toCatalyst(value.type()), true);
    }
    return keyed(both, events.keys(), layout, () -> new LookUpSteps(layout, spineType), result);
  }

  /** Values at regular times, or tiles. */
  Dataset<Row> aggregate(WindowAggregate aggregate, Dataset<Row> inputs) {
    Events events = aggregate.events();
    List<String> keys = events.keys();
    StructType result = CatalystTypes.toCatalyst(aggregate.schema());
    if (aggregate.emit() instanceof Emit.Tiles tiles) {
      EventLayout layout = EventLayout.byEventTime(events, inputs);
      Dataset<Row> rows =
          tiles.isOpen() ? seen(inputs, layout) : seenBefore(tiles.end(), inputs, layout);
      return layout.windows().stream().allMatch(each -> each.window().isLifetime())
          ? lifetimes(rows, keys, layout, tiles, result)
          : keyed(rows, keys, layout, () -> new TileSteps(layout, tiles), result);
    }
    Emit.Every every = (Emit.Every) aggregate.emit();
    long start = Micros.of(every.start());
    if (aggregate.isWhole()) {
      EventLayout layout = EventLayout.byEventTime(events, inputs);
      return new WholeAggregate(session, layout.windows())
          .aggregate(seenBefore(every.start(), inputs, layout), start, result);
    }
    EventLayout layout = EventLayout.asSeen(events, inputs);
    long end = Micros.of(every.end());
    long period = every.period();
    Dataset<Row> rows = seenBefore(every.end(), inputs, layout);
    return keyed(rows, keys, layout, () -> new RegularSteps(layout, start, end, period), result);
  }

  private Dataset<Row> lifetimes(
      Dataset<Row> rows,
      List<String> keys,
      EventLayout layout,
      Emit.Tiles tiles,
      StructType schema) {
    Dataset<Row> partial = pass(rows, events -> new LifetimeTiles(events, layout, tiles), schema);
    Column[] byKey = columns(keys).toArray(Column[]::new);
    Dataset<Row> together =
        keys.isEmpty()
            ? partial.coalesce(1)
            : partial.repartition(byKey).sortWithinPartitions(byKey);
    return pass(together, each -> new MergedTiles(each, layout, tiles), schema);
  }

  private static Dataset<Row> seenBefore(Instant end, Dataset<Row> inputs, EventLayout layout) {
    return seen(inputs.filter(col("seen_after").lt(lit(end))), layout);
  }

  private static Dataset<Row> seen(Dataset<Row> inputs, EventLayout layout) {
    return inputs.select(layout.columns(inputs).toArray(Column[]::new));
  }

  private Dataset<Row> keyed(
      Dataset<Row> rows,
      List<String> keys,
      EventLayout layout,
      StepsMaker perKey,
      StructType schema) {
    Dataset<Row> sorted =
        KeyedPass.sorted(
            rows, columns(keys).toArray(Column[]::new), EventLayout.TIME, EventLayout.IS_EVENT);
    return pass(sorted, each -> new KeyedPass(each, layout.keyTypes(), perKey::steps), schema);
  }

  /** Makes what a pass does with a key, at a worker. */
  private interface StepsMaker extends Serializable {
    KeyedPass.Steps steps();
  }

  private Dataset<Row> pass(
      Dataset<Row> sorted,
      FlatMapFunction<Iterator<InternalRow>, InternalRow> pass,
      StructType schema) {
    return session.internalCreateDataFrame(
        sorted.queryExecution().toRdd().toJavaRDD().mapPartitions(pass).rdd(), schema, false);
  }

  private static Stream<Column> columns(List<String> names) {
    return names.stream().map(WindowedRows::quoted);
  }

  static Column quoted(String name) {
    return col(Expressions.quoted(name));
  }

  private static DataType[] types(StructType schema, int count) {
    return Arrays.stream(schema.fields())
        .limit(count)
        .map(field -> field.dataType())
        .toArray(DataType[]::new);
  }
}
