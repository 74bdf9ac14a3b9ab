package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.type.Micros;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that the online store holds of a view at a time, of which each entity is asked for once. */
final class StoredValues {
  private final ViewVersion version;
  private final long time;
  private final Map<ByteBuffer, List<@Nullable Object>> left = new HashMap<>();

  private StoredValues(ViewVersion version, long time) {
    this.version = version;
    this.time = time;
  }

  static StoredValues read(
      Engine engine, Sink.OnlineAddress address, FeatureView view, Instant time) {
    StoredValues stored = new StoredValues(ViewVersion.of(view), Micros.of(time));
    OnlineRead read =
        new OnlineRead(
            address, view.space(), view.events(new Workspace("workspace")).bind(0), time);
    engine.online(read).values().forEach(stored::put);
    return stored;
  }

  private void put(List<@Nullable Object> row) {
    left.put(ByteBuffer.wrap((byte[]) Objects.requireNonNull(row.get(0))), row);
  }

  /** An entity's values; nothing of one that has events from the time on. */
  Optional<Map<String, @Nullable Object>> take(Map<String, ?> entity) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    List<@Nullable Object> row = left.remove(ByteBuffer.wrap(version.wanted(entity).entity()));
    if (row == null) {
      version.present(Optional.empty(), time, values);
      return Optional.of(values);
    }
    if (isMoved(row)) {
      return Optional.empty();
    }
    for (int i = 0; i < version.values().size(); i++) {
      values.put(version.values().get(i).name(), row.get(OnlineRead.BEFORE_VALUES + i));
    }
    return Optional.of(values);
  }

  /**
   * How many entities that have a value of some event were not asked for. Those with events from
   * the time on may have no others.
   */
  long others() {
    return left.values().stream()
        .filter(row -> Boolean.FALSE.equals(row.get(2)) && !isMoved(row))
        .count();
  }

  private boolean isMoved(List<@Nullable Object> row) {
    return Micros.of((Instant) Objects.requireNonNull(row.get(1))) > time;
  }
}
