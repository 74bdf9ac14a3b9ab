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
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
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
 *   events     keys, event_time, inputs
 *   requests   keys, time, the whole row of the spine
 *   sorted     keys, time, is_event (requests first at equal times), inputs or nulls, spine row or null
 * </pre>
 */
final class WindowedRows {
  private static final String TIME = "__time";
  private static final String IS_EVENT = "__is_event";
  private static final String SPINE = "__spine";

  private final SparkSession session;

  WindowedRows(SparkSession session) {
    this.session = session;
  }

  /** Each row of the spine with the features of its keys at its time beside it. */
  Dataset<Row> lookUp(
      Dataset<Row> spine, String time, AsOfJoin.Lookup lookup, Dataset<Row> inputs) {
    Events events = lookup.events();
    List<String> keys = events.keys();
    StructType spineType = spine.schema();
    List<String> inputNames = inputNames(events, inputs);
    Stream<Column> ofEvents =
        Stream.of(
                columns(keys),
                Stream.of(col("event_time").as(TIME), lit(true).as(IS_EVENT)),
                columns(inputNames),
                Stream.of(lit(null).cast(spineType).as(SPINE)))
            .flatMap(part -> part);
    Stream<Column> ofRequests =
        Stream.of(
                columns(keys),
                Stream.of(quoted(time).as(TIME), lit(false).as(IS_EVENT)),
                inputNames.stream()
                    .map(name -> lit(null).cast(inputs.schema().apply(name).dataType()).as(name)),
                Stream.of(
                    struct(columns(Arrays.asList(spine.columns())).toArray(Column[]::new))
                        .as(SPINE)))
            .flatMap(part -> part);
    Dataset<Row> both =
        inputs
            .select(ofEvents.toArray(Column[]::new))
            .union(spine.select(ofRequests.toArray(Column[]::new)));
    List<WindowedAggregation> windows = new ArrayList<>(events.bind(keys.size() + 2));
    DataType[] keyTypes = types(both.schema(), keys.size());
    StructType result = spineType;
    for (dev.millrace.transforms.type.Column value : events.values()) {
      result =
          result.add(
              lookup.prefix() + "__" + value.name(), CatalystTypes.toCatalyst(value.type()), true);
    }
    int spineOrdinal = keys.size() + 2 + inputNames.size();
    StructType spineFields = spineType;
    return pass(
        sorted(both, keys),
        rows -> new LookUpPass(rows, keyTypes, windows, spineOrdinal, spineFields),
        result);
  }

  /** Values at regular times, or tiles. */
  Dataset<Row> aggregate(WindowAggregate aggregate, Dataset<Row> inputs) {
    Events events = aggregate.events();
    List<String> keys = events.keys();
    List<String> inputNames = inputNames(events, inputs);
    Dataset<Row> rows =
        inputs.select(
            Stream.of(
                    columns(keys),
                    Stream.of(col("event_time").as(TIME), lit(true).as(IS_EVENT)),
                    columns(inputNames))
                .flatMap(part -> part)
                .toArray(Column[]::new));
    List<WindowedAggregation> windows = new ArrayList<>(events.bind(keys.size() + 2));
    DataType[] keyTypes = types(rows.schema(), keys.size());
    Schema schema = aggregate.schema();
    StructType result = CatalystTypes.toCatalyst(schema);
    if (aggregate.emit() instanceof Emit.Tiles tiles) {
      long end = Micros.of(tiles.end());
      Dataset<Row> before = rows.filter(col(TIME).lt(lit(tiles.end())));
      return pass(sorted(before, keys), each -> new TilePass(each, keyTypes, windows, end), result);
    }
    Emit.Every every = (Emit.Every) aggregate.emit();
    Dataset<Row> before = rows.filter(col(TIME).lt(lit(every.end())));
    if (aggregate.isWhole()) {
      return new WholeAggregate(session, windows)
          .aggregate(
              rows.filter(col(TIME).lt(lit(every.start()))), Micros.of(every.start()), result);
    }
    long start = Micros.of(every.start());
    long end = Micros.of(every.end());
    long period = every.period();
    return pass(
        sorted(before, keys),
        each -> new RegularPass(each, keyTypes, windows, start, end, period),
        result);
  }

  private Dataset<Row> sorted(Dataset<Row> rows, List<String> keys) {
    Column[] by = columns(keys).toArray(Column[]::new);
    Column[] order =
        Stream.concat(columns(keys), Stream.of(col(TIME), col(IS_EVENT))).toArray(Column[]::new);
    return (by.length == 0 ? rows.coalesce(1) : rows.repartition(by)).sortWithinPartitions(order);
  }

  private Dataset<Row> pass(
      Dataset<Row> sorted,
      FlatMapFunction<Iterator<InternalRow>, InternalRow> pass,
      StructType schema) {
    return session.internalCreateDataFrame(
        sorted.queryExecution().toRdd().toJavaRDD().mapPartitions(pass).rdd(), schema, false);
  }

  private static List<String> inputNames(Events events, Dataset<Row> inputs) {
    List<String> columns = Arrays.asList(inputs.columns());
    return columns.subList(events.keys().size() + 1, columns.size());
  }

  private static Stream<Column> columns(List<String> names) {
    return names.stream().map(WindowedRows::quoted);
  }

  private static Column quoted(String name) {
    return col(Expressions.quoted(name));
  }

  private static DataType[] types(StructType schema, int count) {
    return Arrays.stream(schema.fields())
        .limit(count)
        .map(field -> field.dataType())
        .toArray(DataType[]::new);
  }
}
