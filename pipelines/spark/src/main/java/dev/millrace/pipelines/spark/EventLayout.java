package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Events;
import dev.millrace.transforms.window.KeyWindows;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;

/**
 * How a pass sees events:
 *
 * <pre>
 *   keys, the time that rows are sorted by, is_event, inputs              in the order of event time
 *   keys, the last time that does not see it, is_event, event_time, inputs     in another
 * </pre>
 */
final class EventLayout implements Serializable {
  static final String TIME = "__time";
  static final String IS_EVENT = "__is_event";

  private static final long serialVersionUID = 1;

  private final int keys;
  private final boolean inOrder;
  private final DataType[] keyTypes;
  private final List<WindowedAggregation> windows;
  private final List<String> rest;

  private EventLayout(Events events, Dataset<Row> inputs, boolean inOrder) {
    this.keys = events.keys().size();
    this.inOrder = inOrder;
    this.keyTypes =
        Arrays.stream(inputs.schema().fields())
            .limit(keys)
            .map(field -> field.dataType())
            .toArray(DataType[]::new);
    this.windows = new ArrayList<>(events.bind(keys + (inOrder ? 2 : 3)));
    List<String> columns = Arrays.asList(inputs.columns());
    this.rest = new ArrayList<>(inOrder ? List.of() : List.of("event_time"));
    rest.addAll(columns.subList(keys + 2, columns.size()));
  }

  /** Events are met in the order in which they are first seen. */
  static EventLayout asSeen(Events events, Dataset<Row> inputs) {
    return new EventLayout(events, inputs, events.isSeenInOrder());
  }

  /** Events are met in the order in which they happened, or in none. */
  static EventLayout byEventTime(Events events, Dataset<Row> inputs) {
    return new EventLayout(events, inputs, true);
  }

  /** The columns of the layout, of what {@link Events#inputs} gives. */
  Stream<Column> columns(Dataset<Row> inputs) {
    Column time = functions.col(inOrder ? "event_time" : "seen_after");
    return Stream.of(
            Arrays.stream(inputs.columns()).limit(keys).map(WindowedRows::quoted),
            Stream.of(time.as(TIME), functions.lit(true).as(IS_EVENT)),
            rest.stream().map(WindowedRows::quoted))
        .flatMap(part -> part);
  }

  /** The columns after {@link #IS_EVENT}, as nulls. */
  Stream<Column> nulls(Dataset<Row> inputs) {
    return rest.stream()
        .map(name -> functions.lit(null).cast(inputs.schema().apply(name).dataType()).as(name));
  }

  DataType[] keyTypes() {
    return keyTypes;
  }

  List<WindowedAggregation> windows() {
    return windows;
  }

  /** The windows of one key's events after another's. */
  KeyWindows keyWindows() {
    return KeyWindows.over(windows, inOrder);
  }

  /** Where the time stands that rows are sorted by. */
  int time() {
    return keys;
  }

  int isEvent() {
    return keys + 1;
  }

  int eventTime() {
    return inOrder ? keys : keys + 2;
  }

  int size() {
    return keys + 2 + rest.size();
  }
}
