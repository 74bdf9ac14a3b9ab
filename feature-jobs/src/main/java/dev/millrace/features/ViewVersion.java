package dev.millrace.features;

import dev.millrace.features.FeatureVector.Origin;
import dev.millrace.features.FeatureVector.ViewState;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.TileLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A view as a reader knows it.
 *
 * @param values the columns of its values, by the names that a reader gives them
 */
record ViewVersion(
    FeatureView view, String version, String space, TileLayout tiles, List<Column> values) {
  static ViewVersion of(FeatureView view) {
    Events events = view.events(new Workspace("workspace"));
    return new ViewVersion(
        view,
        view.version(),
        view.space(),
        new TileLayout(events.bind(0)),
        events.values().stream()
            .map(column -> new Column(view.name() + "__" + column.name(), column.type()))
            .toList());
  }

  /** What is read of the entity that a request names, all of whose keys are there. */
  OnlineStore.Wanted wanted(Map<String, ?> request) {
    Entity entity = view.entity();
    List<Object> keys = new ArrayList<>(entity.keys().size());
    for (Column key : entity.keys()) {
      keys.add(Objects.requireNonNull(request.get(key.name())));
    }
    return new OnlineStore.Wanted(space, EntityKey.encode(entity.keys(), keys));
  }

  /**
   * Puts the values at a time into a vector.
   *
   * @throws MillraceException where the time is before what the entity was loaded up to
   */
  void present(Optional<StoredEntity> stored, long time, Map<String, @Nullable Object> into) {
    stored.ifPresent(entity -> checkTime(entity, time));
    List<PackedTiles> read = stored.map(entity -> entity.tiles(tiles)).orElse(List.of());
    List<@Nullable Object> present = tiles.present(time, read);
    for (int i = 0; i < present.size(); i++) {
      Column column = values.get(i);
      into.put(column.name(), PlainValues.fromCatalyst(column.type(), present.get(i)));
    }
  }

  /** Of an entity that is not there where nothing is: its values are unknown, and not none. */
  MillraceException isNotLoaded() {
    return MillraceException.because(
        "Cannot read feature view '" + view.name() + "' online",
        "the store has nothing of its version " + version + ", or has lost it",
        "Materialise it online, or start its stream, which loads it");
  }

  private void checkTime(StoredEntity entity, long time) {
    long end = entity.stamp().end();
    if (time < end) {
      throw MillraceException.because(
          "Cannot read feature view '" + view.name() + "' at " + Micros.instant(time),
          "the online store was loaded up to "
              + Micros.instant(end)
              + ", and its tiles hold events until then",
          "Ask for that time or a later one, or read the offline table");
    }
  }

  ViewState state(Optional<StoredEntity> stored) {
    return stored
        .map(entity -> Micros.instant(entity.stamp().end()))
        .map(end -> new ViewState(Origin.FOUND, version, Optional.of(end)))
        .orElseGet(() -> new ViewState(Origin.NO_ENTITY, version, Optional.empty()));
  }
}
