package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/**
 * Adds a batch's rows to the tiles of their entities: each part of the batch makes tiles of its
 * rows; those of an entity are brought together by the engine, merged here into what the store has
 * of it, and put in its place if it is still that.
 */
public final class BatchTiles {
  private static final int TRIES = 10;
  private static final int ENTITIES_AT_ONCE = 2_000;

  /**
   * A batch's tiles of one entity.
   *
   * @param entity the place of the view, then the bytes of the key, each a character
   * @param end the microsecond after its last event
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Part(String entity, byte[] tiles, long end) implements Serializable {}

  private final StreamSpec spec;
  private final long log;
  private final long position;
  private final long[] versions;
  private final Function<Sink.OnlineAddress, OnlineStore> stores;

  /**
   * Of one batch.
   *
   * @param log names the log
   * @param position of the batch
   * @param versions of the log that each view's space was loaded from
   */
  public BatchTiles(
      StreamSpec spec,
      long log,
      long position,
      long[] versions,
      Function<Sink.OnlineAddress, OnlineStore> stores) {
    this.spec = spec;
    this.log = log;
    this.position = position;
    this.versions = versions;
    this.stores = stores;
  }

  /** The tiles of rows of the log, an entity of a view at a time. */
  public static List<Part> of(StreamSpec spec, Iterator<? extends InternalRow> rows) {
    StreamProgram program = StreamProgram.of(spec);
    Map<String, TileSet> gathered = new LinkedHashMap<>();
    List<TileLayout> layouts =
        spec.tiles.stream().map(each -> new TileLayout(each.windows())).toList();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      for (int view = 0; view < spec.tiles.size(); view++) {
        @Nullable InternalRow inputs = program.tiles(view, row);
        if (inputs == null) {
          continue;
        }
        List<Column> keys = spec.tiles.get(view).keys();
        String entity =
            (char) view
                + new String(EntityKey.encodeRow(keys, inputs), StandardCharsets.ISO_8859_1);
        long time = inputs.getLong(keys.size());
        TileLayout layout = layouts.get(view);
        gathered.computeIfAbsent(entity, none -> layout.tiles()).add(time, inputs);
      }
    }
    List<Part> parts = new ArrayList<>(gathered.size());
    gathered.forEach((entity, of) -> parts.add(new Part(entity, of.pack(), of.end())));
    return parts;
  }

  /**
   * Puts parts into the stores, all of an entity's together; returns how many entities there were.
   *
   * @throws MillraceException where something else writes an entity again and again
   */
  public long put(Iterator<Part> parts) {
    Map<String, List<Part>> byEntity = new LinkedHashMap<>();
    parts.forEachRemaining(
        each -> byEntity.computeIfAbsent(each.entity(), none -> new ArrayList<>()).add(each));
    Map<Integer, List<String>> byView = new LinkedHashMap<>();
    byEntity
        .keySet()
        .forEach(
            entity ->
                byView
                    .computeIfAbsent((int) entity.charAt(0), none -> new ArrayList<>())
                    .add(entity));
    long changed = 0;
    for (Map.Entry<Integer, List<String>> ofView : byView.entrySet()) {
      int view = ofView.getKey();
      OnlineStore store = stores.apply(spec.tiles.get(view).sink().address());
      List<String> entities = ofView.getValue();
      for (int from = 0; from < entities.size(); from += ENTITIES_AT_ONCE) {
        Entities some = new Entities(store, view);
        entities
            .subList(from, Math.min(entities.size(), from + ENTITIES_AT_ONCE))
            .forEach(entity -> some.add(entity, byEntity.getOrDefault(entity, List.of())));
        changed += some.put();
      }
    }
    return changed;
  }

  /** Some entities of a view, and what the batch has of them. */
  private final class Entities {
    private final OnlineStore store;
    private final StreamSpec.Tiles tiles;
    private final TileLayout layout;
    private final long version;
    private final Map<String, TileSet> fresh = new LinkedHashMap<>();
    private final Map<String, Long> ends = new HashMap<>();

    private final List<String> changing = new ArrayList<>();
    private final List<OnlineStore.Change> changes = new ArrayList<>();

    Entities(OnlineStore store, int view) {
      this.store = store;
      this.tiles = spec.tiles.get(view);
      this.layout = new TileLayout(tiles.windows());
      this.version = versions[view];
    }

    void add(String entity, List<Part> parts) {
      TileSet all = layout.packed(parts.get(0).tiles(), 0).toSet();
      for (int i = 1; i < parts.size(); i++) {
        all.merge(layout.packed(parts.get(i).tiles(), 0).toSet());
      }
      parts.forEach(part -> ends.merge(entity, part.end(), Math::max));
      fresh.put(entity, all);
    }

    /** Puts them into the store; returns how many they are. */
    long put() {
      List<String> open = new ArrayList<>(fresh.keySet());
      for (int attempt = 0; attempt < TRIES && !open.isEmpty(); attempt++) {
        changing.clear();
        changes.clear();
        List<String> full = change(open, store.readBeginnings(wanted(open)), false);
        if (!full.isEmpty()) {
          change(full, store.read(wanted(full)), true);
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

    private List<OnlineStore.Wanted> wanted(List<String> entities) {
      return entities.stream().map(this::wanted).toList();
    }

    private OnlineStore.Wanted wanted(String entity) {
      return new OnlineStore.Wanted(
          tiles.sink().space(), entity.substring(1).getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Makes the changes of entities; returns those of which more than the beginning is needed.
     *
     * @param areWhole whether what is stored was read to its end
     */
    private List<String> change(
        List<String> entities, List<Optional<StoredEntity>> stored, boolean areWhole) {
      List<String> full = new ArrayList<>();
      for (int i = 0; i < entities.size(); i++) {
        String entity = entities.get(i);
        Optional<StoredEntity> before = stored.get(i);
        // A try of this batch that was thought lost, or a load of the log with it, has been here.
        if (before.filter(each -> each.stamp().holds(log, position)).isPresent()) {
          continue;
        }
        Optional<StoredEntity> ofLog = before.filter(each -> each.stamp().log() == log);
        TileSet more = Objects.requireNonNull(fresh.get(entity));
        long last = Objects.requireNonNull(ends.get(entity));
        long end = Math.max(last, ofLog.map(each -> each.stamp().end()).orElse(last));
        Stamp stamp =
            new Stamp(
                log, position, ofLog.map(each -> each.stamp().version()).orElse(version), end);
        Optional<byte[]> beginning = ofLog.flatMap(each -> each.beginningWith(layout, more, stamp));
        if (beginning.isEmpty() && ofLog.isPresent() && !areWhole && !ofLog.get().isWhole()) {
          full.add(entity);
          continue;
        }
        byte[] bytes =
            beginning.orElseGet(
                () ->
                    StoredEntity.valueWithRoom(
                        stamp,
                        ofLog
                            .map(each -> each.with(layout, more, end))
                            .orElseGet(() -> layout.none().with(more, end))));
        changing.add(entity);
        changes.add(
            new OnlineStore.Change(
                wanted(entity), before.map(StoredEntity::stamp), bytes, beginning.isEmpty()));
      }
      return full;
    }
  }
}
