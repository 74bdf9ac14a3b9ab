package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Adds a batch's rows to the tiles of their entities: each part makes tiles of its rows, those of
 * an entity are brought together, merged into what the store has of it, and put in its place if it
 * is still that.
 */
final class StreamTiles implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int TRIES = 10;
  private static final int ENTITIES_AT_ONCE = 2_000;

  /** A batch's tiles of one entity, and the microsecond after its last event. */
  @SuppressWarnings("ArrayRecordComponent")
  record Part(byte[] tiles, long end) implements Serializable {}

  private final Broadcast<StreamSpec> shipped;
  private final long log;
  private final long position;
  private final long[] versions;

  /**
   * @param log names the log
   * @param position of the batch
   * @param versions of the log that each view's space was loaded from
   */
  StreamTiles(Broadcast<StreamSpec> shipped, long log, long position, long[] versions) {
    this.shipped = shipped;
    this.log = log;
    this.position = position;
    this.versions = versions;
  }

  /** Adds the rows of the log; returns how many entities changed. */
  long add(JavaRDD<InternalRow> kept, int partitions) {
    return kept
        .mapPartitionsToPair(this::parts)
        .partitionBy(new HashPartitioner(partitions))
        .mapPartitions(this::merge)
        .collect()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** The entity's key is text, so that Spark can tell keys apart: the view, then its bytes. */
  private Iterator<Tuple2<String, Part>> parts(Iterator<InternalRow> rows) {
    StreamSpec spec = shipped.value();
    StreamProgram program = StreamProgram.of(spec);
    List<Map<String, TileSet>> tiles = new ArrayList<>();
    List<TileLayout> layouts = new ArrayList<>();
    Map<String, Long> ends = new HashMap<>();
    for (StreamSpec.Tiles each : spec.tiles) {
      tiles.add(new LinkedHashMap<>());
      layouts.add(new TileLayout(each.windows()));
    }
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      for (int view = 0; view < spec.tiles.size(); view++) {
        @Nullable InternalRow inputs = program.tiles(view, row);
        if (inputs == null) {
          continue;
        }
        List<dev.millrace.transforms.type.Column> keys = spec.tiles.get(view).keys();
        String entity =
            (char) view
                + new String(EntityKey.encodeRow(keys, inputs), StandardCharsets.ISO_8859_1);
        long time = inputs.getLong(keys.size());
        TileLayout layout = layouts.get(view);
        tiles.get(view).computeIfAbsent(entity, none -> layout.tiles()).add(time, inputs);
        ends.merge(entity, time + 1, Math::max);
      }
    }
    List<Tuple2<String, Part>> parts = new ArrayList<>();
    tiles.forEach(
        ofView ->
            ofView.forEach(
                (entity, set) ->
                    parts.add(
                        new Tuple2<>(
                            entity,
                            new Part(
                                set.pack(), java.util.Objects.requireNonNull(ends.get(entity)))))));
    return parts.iterator();
  }

  private Iterator<Long> merge(Iterator<Tuple2<String, Part>> parts) {
    Map<String, List<Part>> byEntity = new LinkedHashMap<>();
    parts.forEachRemaining(
        each -> byEntity.computeIfAbsent(each._1(), none -> new ArrayList<>()).add(each._2()));
    if (byEntity.isEmpty()) {
      return List.of(0L).iterator();
    }
    long changed = 0;
    Map<Integer, List<String>> byView = new LinkedHashMap<>();
    byEntity
        .keySet()
        .forEach(
            entity ->
                byView
                    .computeIfAbsent((int) entity.charAt(0), none -> new ArrayList<>())
                    .add(entity));
    StreamSpec spec = shipped.value();
    for (Map.Entry<Integer, List<String>> ofView : byView.entrySet()) {
      StreamSpec.Tiles tiles = spec.tiles.get(ofView.getKey());
      TileLayout layout = new TileLayout(tiles.windows());
      OnlineStore store = StreamStores.of(spec.id, tiles.sink().address());
      List<String> entities = ofView.getValue();
      for (int from = 0; from < entities.size(); from += ENTITIES_AT_ONCE) {
        Map<String, TileSet> fresh = new LinkedHashMap<>();
        Map<String, Long> ends = new HashMap<>();
        entities
            .subList(from, Math.min(entities.size(), from + ENTITIES_AT_ONCE))
            .forEach(
                entity -> {
                  List<Part> ofEntity = byEntity.getOrDefault(entity, List.of());
                  TileSet all = layout.packed(ofEntity.get(0).tiles(), 0).toSet();
                  for (int i = 1; i < ofEntity.size(); i++) {
                    all.merge(layout.packed(ofEntity.get(i).tiles(), 0).toSet());
                  }
                  ofEntity.forEach(part -> ends.merge(entity, part.end(), Math::max));
                  fresh.put(entity, all);
                });
        changed += put(store, tiles, layout, ofView.getKey(), fresh, ends);
      }
    }
    return List.of(changed).iterator();
  }

  private long put(
      OnlineStore store,
      StreamSpec.Tiles tiles,
      TileLayout layout,
      int view,
      Map<String, TileSet> fresh,
      Map<String, Long> ends) {
    List<String> open = new ArrayList<>(fresh.keySet());
    for (int attempt = 0; attempt < TRIES && !open.isEmpty(); attempt++) {
      List<OnlineStore.Wanted> wanted =
          open.stream()
              .map(
                  entity ->
                      new OnlineStore.Wanted(
                          tiles.sink().space(),
                          entity.substring(1).getBytes(StandardCharsets.ISO_8859_1)))
              .toList();
      List<Optional<StoredEntity>> stored = store.read(wanted);
      List<String> changing = new ArrayList<>();
      List<OnlineStore.Change> changes = new ArrayList<>();
      for (int i = 0; i < open.size(); i++) {
        Optional<StoredEntity> before = stored.get(i);
        // A try of this batch that was thought lost, or a load of the log with it, has been here.
        if (before.filter(each -> each.stamp().holds(log, position)).isPresent()) {
          continue;
        }
        String entity = open.get(i);
        Optional<StoredEntity> ofLog = before.filter(each -> each.stamp().log() == log);
        PackedTiles here =
            ofLog.map(each -> layout.packed(each.value(), each.tiles())).orElseGet(layout::none);
        long last = java.util.Objects.requireNonNull(ends.get(entity));
        long end = Math.max(last, ofLog.map(each -> each.stamp().end()).orElse(last));
        byte[] all = here.with(java.util.Objects.requireNonNull(fresh.get(entity)), end);
        long version = ofLog.map(each -> each.stamp().version()).orElse(versions[view]);
        changing.add(entity);
        changes.add(
            new OnlineStore.Change(
                wanted.get(i), before, new Stamp(log, position, version, end), all));
      }
      List<Boolean> made = store.change(changes, tiles.sink().ttl());
      open = new ArrayList<>();
      for (int i = 0; i < made.size(); i++) {
        if (!made.get(i)) {
          open.add(changing.get(i));
        }
      }
    }
    if (!open.isEmpty()) {
      throw MillraceException.because(
          "Cannot write " + open.size() + " entities of " + tiles.sink().space(),
          "something else writes them again and again",
          "Stop the other stream or load, and run this again: it goes on from here");
    }
    return fresh.size();
  }
}
