package dev.millrace.features;

import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.StoredTiles;
import dev.millrace.transforms.window.TileLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads feature values from the online store: any number of views in one round trip, merged from
 * tiles as of the time asked for by the code that computes them offline. One reader, one
 * connection, one thread at a time.
 */
public final class FeatureReader implements AutoCloseable {
  private record ViewLayout(
      FeatureView view, String space, TileLayout tiles, List<Column> values) {}

  private final OnlineStore store;
  private final List<ViewLayout> views = new ArrayList<>();

  private FeatureReader(OnlineStore store, List<FeatureView> views) {
    this.store = store;
    for (FeatureView view : views) {
      Events events = view.events(new Workspace("workspace"));
      this.views.add(
          new ViewLayout(view, view.space(), new TileLayout(events.bind(0)), events.values()));
    }
  }

  /** Connects; a server that does not answer within the timeout is a clear error. */
  public static FeatureReader connect(
      Sink.OnlineAddress address, Duration timeout, List<FeatureView> views) {
    RedisSettings defaults = RedisSettings.ofReader(address.host(), address.port());
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("timeout.ms", Long.toString(timeout.toMillis()));
    settings.putAll(address.settings());
    return new FeatureReader(
        OnlineStore.connect(RedisSettings.of(address.host(), address.port(), settings, defaults)),
        views);
  }

  /**
   * The values of every view, by {@code <view>__<value>}, in order. An entity that the store does
   * not hold has the values of no events: null, and 0 for counts.
   *
   * @param keys a value for each key of the views' entities
   * @param time the values are of the stored events before it; exact for times from the last load
   *     on
   */
  public Map<String, @Nullable Object> read(Map<String, ?> keys, Instant time) {
    return read(views, keys, time);
  }

  /** The same, of one of the reader's views. */
  Map<String, @Nullable Object> read(FeatureView view, Map<String, ?> keys, Instant time) {
    return read(views.stream().filter(each -> each.view().equals(view)).toList(), keys, time);
  }

  private Map<String, @Nullable Object> read(
      List<ViewLayout> wantedViews, Map<String, ?> keys, Instant time) {
    List<OnlineStore.Wanted> wanted = new ArrayList<>();
    for (ViewLayout each : wantedViews) {
      wanted.add(new OnlineStore.Wanted(each.space(), entity(each.view().entity(), keys)));
    }
    List<Optional<StoredEntity>> stored = store.read(wanted);
    long micros = Micros.of(time);
    Map<String, @Nullable Object> vector = new LinkedHashMap<>();
    for (int i = 0; i < wantedViews.size(); i++) {
      ViewLayout each = wantedViews.get(i);
      checkTime(each, stored.get(i), micros);
      List<@Nullable Object> values = each.tiles().present(micros, tiles(each, stored.get(i)));
      for (int j = 0; j < values.size(); j++) {
        Column column = each.values().get(j);
        vector.put(
            each.view().name() + "__" + column.name(),
            PlainValues.fromCatalyst(column.type(), values.get(j)));
      }
    }
    return vector;
  }

  private static void checkTime(ViewLayout each, Optional<StoredEntity> stored, long micros) {
    stored
        .map(StoredEntity::stamp)
        .filter(stamp -> micros < stamp.end())
        .ifPresent(
            stamp -> {
              throw MillraceException.because(
                  "Cannot read feature view '"
                      + each.view().name()
                      + "' at "
                      + Micros.instant(micros),
                  "the online store was loaded up to "
                      + Micros.instant(stamp.end())
                      + ", and its tiles hold events until then",
                  "Ask for that time or a later one, or read the offline table");
            });
  }

  /** How many entities of a view the store holds. */
  public long entities(FeatureView view) {
    return store.entities(view.space());
  }

  private static byte[] entity(Entity entity, Map<String, ?> keys) {
    List<Object> values = new ArrayList<>();
    for (String key : entity.keyNames()) {
      Object value = keys.get(key);
      if (value == null) {
        throw new MillraceException(
            Problem.unknown("key", key, "a read of entity '" + entity.name() + "'", keys.keySet()));
      }
      values.add(value);
    }
    return EntityKey.encode(entity.keys(), values);
  }

  private static StoredTiles tiles(ViewLayout each, Optional<StoredEntity> stored) {
    return stored.isEmpty()
        ? each.tiles().tiles()
        : each.tiles().packed(stored.get().value(), stored.get().tiles());
  }

  @Override
  public void close() {
    store.close();
  }
}
