package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.KeyWindows;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Windows by key. Tiles and what has one value are combined wherever rows are, and only the
 * accumulators travel; values at several times want one key's events side by side, in the memory of
 * one worker.
 */
final class Windows {
  private Windows() {}

  /** A key's tiles in one piece. */
  static PCollection<KV<UnsafeRow, byte[]>> tiles(
      WindowAggregate aggregate, PCollection<UnsafeRow> inputs) {
    int keys = aggregate.keys().size();
    Emit.Tiles emit = (Emit.Tiles) aggregate.emit();
    return inputs
        .apply("By key", Keyed.by(inputs(aggregate), aggregate.events().keys()))
        .apply(
            "Tiles", Combine.perKey(TilesOf.events(aggregate.events().bind(keys + 2), keys, emit)));
  }

  static PCollection<UnsafeRow> aggregate(
      WindowAggregate aggregate, PCollection<UnsafeRow> inputs) {
    int keys = aggregate.keys().size();
    List<WindowedAggregation> windows = aggregate.events().bind(keys + 2);
    PCollection<UnsafeRow> rows;
    if (aggregate.emit() instanceof Emit.Tiles tiles) {
      rows = tiles(aggregate, inputs).apply("Rows", ParDo.of(new TileRows(aggregate, tiles)));
    } else if (aggregate.isWhole()) {
      long time = Micros.of(((Emit.Every) aggregate.emit()).start());
      rows =
          inputs
              .apply("All", Combine.globally(TilesOf.events(windows, keys, time)))
              .apply("Row", ParDo.of(new WholeRow(windows, aggregate.schema(), time)));
    } else {
      rows =
          inputs
              .apply("By key", Keyed.by(inputs(aggregate), aggregate.events().keys()))
              .apply("Group", GroupByKey.create())
              .apply("Values", ParDo.of(new ValuesAt(aggregate)));
    }
    return rows.setCoder(RowCoder.of());
  }

  private static Schema inputs(WindowAggregate aggregate) {
    return aggregate.events().inputs().schema();
  }

  private static DataType[] types(List<Column> keys) {
    return keys.stream().map(key -> CatalystTypes.toCatalyst(key.type())).toArray(DataType[]::new);
  }

  /** A key's tiles that a reader at the end or later can need, a row each. */
  static final class TileRows extends DoFn<KV<UnsafeRow, byte[]>, UnsafeRow> {
    private static final long serialVersionUID = 1L;

    private final ArrayList<WindowedAggregation> windows;
    private final Schema schema;
    private final Emit.Tiles emit;
    private transient @Nullable TileLayout layout;
    private transient @Nullable Rebuilt rebuilt;

    TileRows(WindowAggregate aggregate, Emit.Tiles emit) {
      this.windows = new ArrayList<>(aggregate.events().bind(aggregate.keys().size() + 2));
      this.schema = aggregate.schema();
      this.emit = emit;
    }

    @Setup
    public void setup() {
      layout = new TileLayout(windows);
      rebuilt = Rebuilt.rows(schema);
    }

    @ProcessElement
    public void process(@Element KV<UnsafeRow, byte[]> tiles, OutputReceiver<UnsafeRow> out) {
      long until = Micros.of(emit.end());
      long end = Math.max(until, TilesOf.end(tiles.getValue()));
      TilesOf.tiles(Objects.requireNonNull(layout), tiles.getValue())
          .toSet()
          .giveOut(
              until,
              (hop, start, tile) -> {
                Object[] row =
                    emit.isOpen()
                        ? new Object[] {hop, start, tile, end}
                        : new Object[] {hop, start, tile};
                out.output(
                    Objects.requireNonNull(rebuilt)
                        .of(new JoinedRow(tiles.getKey(), new GenericInternalRow(row))));
              });
    }
  }

  /** The values of all rows. */
  static final class WholeRow extends DoFn<byte[], UnsafeRow> {
    private static final long serialVersionUID = 1L;

    private final ArrayList<WindowedAggregation> windows;
    private final Schema schema;
    private final long time;

    WholeRow(List<WindowedAggregation> windows, Schema schema, long time) {
      this.windows = new ArrayList<>(windows);
      this.schema = schema;
      this.time = time;
    }

    @ProcessElement
    public void process(@Element byte[] tiles, OutputReceiver<UnsafeRow> out) {
      TileLayout layout = new TileLayout(windows);
      List<@Nullable Object> values = new ArrayList<>();
      values.add(time);
      values.addAll(layout.present(time, TilesOf.tiles(layout, tiles)));
      out.output(Rebuilt.rows(schema).of(new GenericInternalRow(values.toArray())));
    }
  }

  /** The values of one key's windows at regular times. */
  static final class ValuesAt extends DoFn<KV<UnsafeRow, Iterable<UnsafeRow>>, UnsafeRow> {
    private static final long serialVersionUID = 1L;

    private final ArrayList<WindowedAggregation> windows;
    private final Schema schema;
    private final ArrayList<Column> keys;
    private final boolean inOrder;
    private final long start;
    private final long end;
    private final long period;
    private transient @Nullable KeyWindows slider;
    private transient @Nullable Rebuilt rebuilt;

    ValuesAt(WindowAggregate aggregate) {
      Emit.Every every = (Emit.Every) aggregate.emit();
      this.keys = new ArrayList<>(aggregate.keys());
      this.windows = new ArrayList<>(aggregate.events().bind(keys.size() + 2));
      this.schema = aggregate.schema();
      this.inOrder = aggregate.events().isSeenInOrder();
      this.start = Micros.of(every.start());
      this.end = Micros.of(every.end());
      this.period = every.period();
    }

    @Setup
    public void setup() {
      slider = KeyWindows.over(windows, inOrder);
      rebuilt = Rebuilt.rows(schema);
    }

    @ProcessElement
    public void process(
        @Element KV<UnsafeRow, Iterable<UnsafeRow>> ofKey, OutputReceiver<UnsafeRow> out) {
      KeyWindows mine = Objects.requireNonNull(slider);
      mine.clear();
      SeenEvents events = SeenEvents.of(ofKey.getValue(), keys.size());
      DataType[] types = types(keys);
      for (long time = start; time < end; time += period) {
        events.bring(time, mine);
        Object[] values = new Object[schema.columns().size()];
        for (int i = 0; i < types.length; i++) {
          values[i] = ofKey.getKey().get(i, types[i]);
        }
        values[types.length] = time;
        InternalRow row = new GenericInternalRow(values);
        mine.present(time, row, types.length + 1);
        if (!mine.isEmpty()) {
          out.output(Objects.requireNonNull(rebuilt).of(row));
        }
      }
    }
  }

  /** One key's events, in the order in which they are first seen. */
  static final class SeenEvents {
    private final UnsafeRow[] events;
    private final int time;
    private int next;

    private SeenEvents(UnsafeRow[] events, int time) {
      this.events = events;
      this.time = time;
    }

    /**
     * Events in any order.
     *
     * @param time where the event time stands; the last time that does not see it stands next to it
     */
    static SeenEvents of(Iterable<UnsafeRow> any, int time) {
      List<UnsafeRow> all = new ArrayList<>();
      any.forEach(all::add);
      UnsafeRow[] events = all.toArray(UnsafeRow[]::new);
      Arrays.sort(events, Comparator.comparingLong(event -> event.getLong(time + 1)));
      return new SeenEvents(events, time);
    }

    /** Brings those that a time sees, after those that an earlier one saw. */
    void bring(long at, KeyWindows windows) {
      while (next < events.length && events[next].getLong(time + 1) < at) {
        UnsafeRow event = events[next++];
        windows.add(event.getLong(time), event);
      }
    }
  }
}
