package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.WindowedAggregation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** Loads the tiles of a view into the online store, an entity at a time. */
final class OnlineTiles implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Sink.Online sink;
  private final Stamp stamp;
  private final ArrayList<Column> keys;
  private final ArrayList<WindowedAggregation> windows;
  private final transient WindowAggregate aggregate;

  private OnlineTiles(Sink.Online sink, Stamp stamp, WindowAggregate aggregate) {
    this.sink = sink;
    this.stamp = stamp;
    this.keys = new ArrayList<>(aggregate.keys());
    this.windows = new ArrayList<>(aggregate.events().bind(keys.size() + 2));
    this.aggregate = aggregate;
  }

  static OnlineTiles of(Sink.Online sink, WindowAggregate aggregate, Sources sources) {
    long end = Micros.of(((Emit.Tiles) aggregate.emit()).end());
    return new OnlineTiles(sink, stamp(aggregate, end, sources), aggregate);
  }

  /** Of one log, later versions and later ends go before; of anything else, whoever comes last. */
  private static Stamp stamp(WindowAggregate aggregate, long end, Sources sources) {
    Set<Location> read = new HashSet<>();
    PlanNodes.of(aggregate, Scan.class).forEach(scan -> read.add(scan.location()));
    if (read.size() == 1 && read.iterator().next() instanceof Location.DeltaTable table) {
      return stamp(sources.snapshot(table), end);
    }
    return new Stamp(Digest.first64(sources.versions(aggregate).toString()), 0, 0, end);
  }

  /** What a load of a log's rows is of. */
  static Stamp stamp(DeltaSnapshot log, long end) {
    return new Stamp(
        Digest.first64(log.snapshot().getMetadata().getId()),
        log.snapshot().getLatestTransactionVersion(log.engine(), TableHistory.STREAM).orElse(0L),
        log.version(),
        end);
  }

  private OnlineStore connect() {
    return StreamPlan.connect(sink.address());
  }

  boolean isStreamedBeyond() {
    try (OnlineStore store = connect()) {
      return store.isStreamedBeyond(sink.space(), stamp);
    }
  }

  void requireLoadable() {
    try (OnlineStore store = connect()) {
      store.requireKeepsKeys(sink.address().toString());
      store.requireNotOlder(sink.space(), stamp, sink.address().toString());
    }
  }

  /** Loads all, once the verdicts are good; gives out how many entities they were. */
  PCollection<String> load(PCollection<UnsafeRow> inputs, List<Judged> after) {
    List<PCollectionView<?>> awaited = new ArrayList<>();
    after.forEach(judged -> awaited.add(judged.passed()));
    PCollectionView<Long> loaded =
        Windows.tiles(aggregate, inputs)
            .apply("Load", ParDo.of(new LoadFn(this)).withSideInputs(awaited))
            .setCoder(VarLongCoder.of())
            .apply("Count", Sum.longsGlobally())
            .apply("Loaded", View.asSingleton());
    return inputs
        .getPipeline()
        .apply("Once", Create.of(sink.space()))
        .apply(
            "Sweep",
            ParDo.of(new SweepFn(this, loaded, awaited))
                .withSideInputs(loaded)
                .withSideInputs(awaited));
  }

  static final class LoadFn extends DoFn<KV<UnsafeRow, byte[]>, Long> {
    private static final long serialVersionUID = 1L;

    private final OnlineTiles of;
    private transient @Nullable OnlineStore store;
    private transient @Nullable TileLayout layout;
    private transient long entities;

    LoadFn(OnlineTiles of) {
      this.of = of;
    }

    @Setup
    public void setup() {
      store = of.connect();
      layout = new TileLayout(of.windows);
    }

    @StartBundle
    public void start() {
      entities = 0;
    }

    @ProcessElement
    public void process(@Element KV<UnsafeRow, byte[]> entity) {
      NavigableMap<Long, NavigableMap<Long, byte[]>> tiles = new TreeMap<>();
      TilesOf.tiles(Objects.requireNonNull(layout), entity.getValue())
          .toSet()
          .giveOut(
              of.stamp.end(),
              (hop, start, tile) ->
                  tiles.computeIfAbsent(hop, none -> new TreeMap<>()).put(start, tile));
      if (tiles.isEmpty()) {
        return;
      }
      Objects.requireNonNull(store)
          .load(
              of.sink.space(),
              EntityKey.encodeRow(of.keys, entity.getKey()),
              of.stamp.until(Math.max(of.stamp.end(), TilesOf.end(entity.getValue()))),
              PackedTiles.pack(tiles),
              of.sink.ttl());
      entities++;
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      Objects.requireNonNull(store).flush();
      context.output(entities, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE);
    }

    @Teardown
    public void teardown() {
      if (store != null) {
        store.close();
      }
    }
  }

  static final class SweepFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    private final OnlineTiles of;
    private final PCollectionView<Long> loaded;
    private final ArrayList<PCollectionView<?>> awaited;

    SweepFn(OnlineTiles of, PCollectionView<Long> loaded, List<PCollectionView<?>> awaited) {
      this.of = of;
      this.loaded = loaded;
      this.awaited = new ArrayList<>(awaited);
    }

    @ProcessElement
    public void process(ProcessContext context) {
      // Where no row is left to load, nothing else awaits the verdicts.
      for (PCollectionView<?> passed : awaited) {
        Object unused = context.sideInput(passed);
      }
      long entities = context.sideInput(loaded);
      try (OnlineStore store = of.connect()) {
        store.sweep(of.sink.space(), of.stamp);
        store.mark(of.sink.space(), of.stamp);
      }
      context.output(Long.toString(entities));
    }
  }
}
