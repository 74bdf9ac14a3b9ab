package dev.millrace.features;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a view over events in memory, at any time. */
public final class LocalValues {
  private static final String TIME = "__at";

  private final FeatureView view;
  private final LocalEngine engine;
  private final boolean empty;

  LocalValues(FeatureView view, LocalEngine engine, boolean empty) {
    this.view = view;
    this.engine = engine;
    this.empty = empty;
  }

  /** The values at a time: of the events before it, in the windows behind it. */
  public AtTime at(Instant time) {
    return new AtTime(time);
  }

  /** The view's values at one time. */
  public final class AtTime {
    private final Instant time;

    private AtTime(Instant time) {
      this.time = time;
    }

    /**
     * An entity's values by name, in the view's order; those of no events for one that has none.
     *
     * @param key a value for each key of the entity, in its order
     */
    public Map<String, @Nullable Object> of(Object... key) {
      List<Column> keys = view.entity().keys();
      if (key.length != keys.size()) {
        throw MillraceException.because(
            "Entity '" + view.entity().name() + "' is not named by " + key.length + " values",
            "its keys are " + keys,
            "Give a value for each");
      }
      List<Column> columns = new ArrayList<>(keys);
      columns.add(new Column(TIME, PrimitiveType.TIMESTAMP));
      List<@Nullable Object> row = new ArrayList<>(List.of(key));
      row.add(time);
      Schema schema = new Schema(columns);
      Location asked = new Location.Memory("asked");
      engine.hold(asked, new Rows(schema, List.of(row)));
      Node join =
          new AsOfJoin(
              "feature view '" + view.name() + "'",
              new Scan(asked, schema),
              TIME,
              List.of(new AsOfJoin.Lookup("v", events())));
      return values(view, engine.collect(join).values().get(0), columns.size());
    }

    /** The values of every entity that has an event in one of its windows, by its key's values. */
    public Map<List<Object>, Map<String, @Nullable Object>> byEntity() {
      return LocalValues.byEntity(
          view, engine.collect(new WindowAggregate(events(), Emit.Every.once(time))));
    }
  }

  /** Rows of keys, a time and values, by the keys. */
  static Map<List<Object>, Map<String, @Nullable Object>> byEntity(FeatureView view, Rows rows) {
    Map<List<Object>, Map<String, @Nullable Object>> all = new LinkedHashMap<>();
    int keys = view.entity().keys().size();
    for (List<@Nullable Object> row : rows.values()) {
      List<Object> key = new ArrayList<>();
      for (int i = 0; i < keys; i++) {
        key.add(java.util.Objects.requireNonNull(row.get(i)));
      }
      all.put(key, values(view, row, keys + 1));
    }
    return all;
  }

  /** The source's accepted rows; where there are no rows at all, nothing is expected of them. */
  private Events events() {
    Node rows = view.source().accepted("quarantine");
    if (empty) {
      Location none = new Location.Memory("none");
      engine.hold(none, new Rows(rows.schema(), List.of()));
      rows = new Scan(none, rows.schema());
    }
    return view.eventsOf(rows);
  }

  private static Map<String, @Nullable Object> values(
      FeatureView view, List<@Nullable Object> row, int first) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < view.valueNames().size(); i++) {
      values.put(view.valueNames().get(i), row.get(first + i));
    }
    return values;
  }
}
