package dev.millrace.benchmarks.online;

import static org.apache.spark.sql.functions.expr;

import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.window.TileLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a stream of payments left: its log, its quarantine and its online store. */
record StreamState(
    SparkEngine engine, Source source, Workspace workspace, Sink.OnlineAddress online) {
  private static final int ENTITIES_AT_ONCE = 200;

  Dataset<Row> log() {
    return table(new IngestJob(source).log(workspace));
  }

  /** Without what follows from where batches end: their numbers, and what was the newest then. */
  Dataset<Row> quarantine() {
    return table(new IngestJob(source).quarantine(workspace))
        .drop("run_id")
        .withColumn(
            "reasons",
            expr("transform(reasons, reason -> regexp_replace(reason, 'the newest, of .*', ''))"));
  }

  private Dataset<Row> table(String path) {
    return engine.session().read().format("delta").load(path);
  }

  /** How many rows are in one of two tables more often than in the other. */
  static long differing(Dataset<Row> one, Dataset<Row> other) {
    return one.exceptAll(other).count() + other.exceptAll(one).count();
  }

  /** How many entities of a view there are. */
  long entities(FeatureView view) {
    try (OnlineStore store = store()) {
      return store.entities(view.space());
    }
  }

  /** How many entities of a view are in one of two stores alone, or have other tiles. */
  long differing(StreamState other, FeatureView view) {
    long differing = 0;
    TileLayout layout = new TileLayout(view.events(new Workspace("workspace")).bind(0));
    try (OnlineStore here = store();
        OnlineStore there = other.store()) {
      Map<ByteBuffer, byte[]> keys = new HashMap<>();
      here.keys(view.space()).forEach(key -> keys.put(ByteBuffer.wrap(key), key));
      there.keys(view.space()).forEach(key -> keys.put(ByteBuffer.wrap(key), key));
      List<OnlineStore.Wanted> all =
          keys.values().stream().map(key -> new OnlineStore.Wanted(view.space(), key)).toList();
      for (int from = 0; from < all.size(); from += ENTITIES_AT_ONCE) {
        List<OnlineStore.Wanted> some =
            all.subList(from, Math.min(all.size(), from + ENTITIES_AT_ONCE));
        List<Optional<ByteBuffer>> ours = tiles(layout, here, some);
        List<Optional<ByteBuffer>> theirs = tiles(layout, there, some);
        for (int i = 0; i < some.size(); i++) {
          differing += ours.get(i).equals(theirs.get(i)) ? 0 : 1;
        }
      }
    }
    return differing;
  }

  /** The tiles' bytes without the stamp, which says which batch was the last. */
  private static List<Optional<ByteBuffer>> tiles(
      TileLayout layout, OnlineStore store, List<OnlineStore.Wanted> entities) {
    List<Optional<ByteBuffer>> tiles = new ArrayList<>();
    for (Optional<StoredEntity> each : store.read(entities)) {
      tiles.add(each.map(entity -> ByteBuffer.wrap(entity.merged(layout))));
    }
    return tiles;
  }

  private OnlineStore store() {
    return OnlineStore.connect(RedisSettings.ofJob(online.host(), online.port()));
  }
}
