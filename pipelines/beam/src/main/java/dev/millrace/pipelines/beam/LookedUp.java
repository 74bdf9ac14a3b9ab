package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.beam.Windows.SeenEvents;
import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Events;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.KeyWindows;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Features beside rows, as of each row's time. Requests and events of a key meet in the memory of
 * one worker.
 */
final class LookedUp extends DoFn<KV<UnsafeRow, CoGbkResult>, UnsafeRow> {
  private static final long serialVersionUID = 1L;

  /** A row without a time asks before all events. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final TupleTag<UnsafeRow> requests;
  private final TupleTag<UnsafeRow> events;
  private final ArrayList<WindowedAggregation> windows;
  private final Schema joined;
  private final int eventTime;
  private final int requestTime;
  private final boolean inOrder;
  private transient @Nullable KeyWindows slider;
  private transient @Nullable Rebuilt rebuilt;

  private LookedUp(
      TupleTag<UnsafeRow> requests,
      TupleTag<UnsafeRow> events,
      Events of,
      Schema joined,
      int requestTime) {
    this.requests = requests;
    this.events = events;
    this.eventTime = of.keys().size();
    this.windows = new ArrayList<>(of.bind(eventTime + 2));
    this.joined = joined;
    this.requestTime = requestTime;
    this.inOrder = of.isSeenInOrder();
  }

  /** The columns of rows with one look-up beside them. */
  static Schema schema(Schema rows, AsOfJoin.Lookup lookup) {
    return rows.and(
        lookup.events().values().stream()
            .map(value -> new Column(lookup.prefix() + "__" + value.name(), value.type()))
            .toList());
  }

  /**
   * The rows with one look-up's values.
   *
   * @param schema of the rows
   * @param inputs of the look-up's events
   */
  static PCollection<UnsafeRow> beside(
      PCollection<UnsafeRow> rows,
      Schema schema,
      String time,
      AsOfJoin.Lookup lookup,
      PCollection<UnsafeRow> inputs) {
    Events of = lookup.events();
    TupleTag<UnsafeRow> requests = new TupleTag<>("requests") {};
    TupleTag<UnsafeRow> events = new TupleTag<>("events") {};
    return KeyedPCollectionTuple.of(
            requests, rows.apply("Requests by key", Keyed.by(schema, of.keys())))
        .and(events, inputs.apply("Events by key", Keyed.by(of.inputs().schema(), of.keys())))
        .apply("Meet", CoGroupByKey.create())
        .apply(
            "Look up",
            ParDo.of(
                new LookedUp(
                    requests, events, of, schema(schema, lookup), schema.names().indexOf(time))))
        .setCoder(RowCoder.of());
  }

  @Setup
  public void setup() {
    slider = KeyWindows.over(windows, inOrder);
    rebuilt = Rebuilt.rows(joined);
  }

  @ProcessElement
  public void process(@Element KV<UnsafeRow, CoGbkResult> ofKey, OutputReceiver<UnsafeRow> out) {
    KeyWindows mine = Objects.requireNonNull(slider);
    mine.clear();
    List<UnsafeRow> asked = new ArrayList<>();
    ofKey.getValue().getAll(requests).forEach(asked::add);
    if (asked.isEmpty()) {
      return;
    }
    asked.sort(Comparator.comparingLong(this::time));
    SeenEvents seen = SeenEvents.of(ofKey.getValue().getAll(events), eventTime);
    for (UnsafeRow request : asked) {
      long time = time(request);
      seen.bring(time, mine);
      InternalRow values = new GenericInternalRow(windows.size());
      mine.present(time, values, 0);
      out.output(Objects.requireNonNull(rebuilt).of(new JoinedRow(request, values)));
    }
  }

  private long time(UnsafeRow request) {
    return request.isNullAt(requestTime) ? NEVER : request.getLong(requestTime);
  }
}
