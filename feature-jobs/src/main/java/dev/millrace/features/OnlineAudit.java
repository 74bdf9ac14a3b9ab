package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.type.Micros;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Computes the values of a view's entities anew from the source's log, as of a time, and holds what
 * the online store gives for that time against them.
 *
 * @param time when the values are of; no entity of the store holds an event from then on, unless a
 *     stream has brought it meanwhile
 * @param share of the entities that are looked at, by a hash of their keys and the time, so that
 *     another time looks at others: 0 to 1
 */
public record OnlineAudit(FeatureView view, Instant time, double share) {
  private static final int AT_ONCE = 500;
  private static final int PARTS = 1_000_000;

  public OnlineAudit {
    checkShare(share);
  }

  static void checkShare(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "An audit of a share of " + share + " looks at nothing. Give more than 0, up to 1.");
    }
  }

  /** Of all entities. */
  public OnlineAudit(FeatureView view, Instant time) {
    this(view, time, 1);
  }

  /**
   * A value that differs.
   *
   * @param keys the entity
   */
  public record Difference(
      Map<String, Object> keys, String value, @Nullable Object online, @Nullable Object offline) {
    /** {@code total_1h of {customer=c7}: 3.0 online, 5.0 offline}. */
    @Override
    public String toString() {
      return "%s of %s: %s online, %s offline"
          .formatted(
              value, PlainValues.text(keys), PlainValues.text(online), PlainValues.text(offline));
    }
  }

  /**
   * How many were compared, and those that differ in any bit.
   *
   * @param moved entities that have events from the time on, and so could not be compared
   * @param unknown entities that the store holds and the log knows nothing of
   */
  public record Report(
      Instant time,
      long entities,
      long values,
      long moved,
      long unknown,
      List<Difference> differences) {
    /** Whether the stores hold the same. */
    public boolean isEqual() {
      return differences.isEmpty() && unknown == 0;
    }
  }

  /**
   * Runs it: values of a share come through the reader, those of all entities through the engine,
   * which reads the whole store.
   */
  public Report run(Engine engine, Workspace workspace, FeatureReader reader) {
    Engine.Rows offline = engine.collect(plan(workspace));
    if (share < 1) {
      return report(offline, entities -> reader.readUnmoved(view, entities, time), () -> 0L);
    }
    StoredValues stored = StoredValues.read(engine, reader.address(), view, time);
    return report(
        offline, entities -> entities.stream().map(stored::take).toList(), stored::others);
  }

  /**
   * Holds values against others.
   *
   * @param online the values of entities; nothing of one that has events from the time on
   * @param unknown how many others there are online, asked for last
   */
  private Report report(
      Engine.Rows offline,
      Function<List<Map<String, Object>>, List<Optional<Map<String, @Nullable Object>>>> online,
      LongSupplier unknown) {
    List<String> keys = view.entity().keyNames();
    List<Difference> differences = new ArrayList<>();
    long moved = 0;
    for (int from = 0; from < offline.values().size(); from += AT_ONCE) {
      List<List<@Nullable Object>> rows =
          offline.values().subList(from, Math.min(offline.values().size(), from + AT_ONCE));
      List<Map<String, Object>> entities = rows.stream().map(row -> entity(keys, row)).toList();
      List<Optional<Map<String, @Nullable Object>>> found = online.apply(entities);
      for (int i = 0; i < rows.size(); i++) {
        if (found.get(i).isEmpty()) {
          moved++;
          continue;
        }
        for (int j = keys.size() + 1; j < offline.schema().columns().size(); j++) {
          String name = offline.schema().names().get(j);
          Object read = found.get(i).get().get(view.name() + "__" + name);
          Object computed = rows.get(i).get(j);
          if (!Objects.equals(PlainValues.comparable(read), PlainValues.comparable(computed))) {
            differences.add(new Difference(entities.get(i), name, read, computed));
          }
        }
      }
    }
    long compared = offline.values().size() - moved;
    return new Report(
        time,
        compared,
        compared * view.valueNames().size(),
        moved,
        unknown.getAsLong(),
        differences);
  }

  private static Map<String, Object> entity(List<String> keys, List<@Nullable Object> row) {
    Map<String, Object> entity = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      entity.put(keys.get(i), Objects.requireNonNull(row.get(i)));
    }
    return entity;
  }

  /** The values at the time: keys, time, values. */
  private Node plan(Workspace workspace) {
    Node log = view.source().log(workspace);
    return new WindowAggregate(view.eventsOf(sampled(log)), Emit.Every.once(time));
  }

  private Node sampled(Node log) {
    if (share == 1) {
      return log;
    }
    String keys =
        view.entity().keyNames().stream()
            .map(Expressions::quoted)
            .collect(Collectors.joining(", "));
    long salt = Micros.of(time);
    return Project.of(
        "audit of feature view '" + view.name() + "'",
        log,
        log.schema().names().stream().map(NamedExpression::column).toList(),
        Optional.of(
            "pmod(xxhash64("
                + keys
                + ", "
                + salt
                + "L), "
                + PARTS
                + ") < "
                + (long) (share * PARTS)));
  }
}
