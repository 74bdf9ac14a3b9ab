package dev.millrace.features;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.transforms.problem.MillraceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds an entity's online values against the ones kept offline for the same time. */
public record OnlineAudit(FeatureView view, Schedule schedule) {
  /** One value, read both ways. */
  public record Compared(String name, @Nullable Object online, @Nullable Object offline) {
    /** Whether both are the same to the last bit. */
    public boolean equal() {
      return Objects.equals(online, offline);
    }
  }

  /**
   * The entity's values at the schedule's end.
   *
   * @param keys a value for each key of the entity
   */
  public List<Compared> run(
      Engine engine, Workspace workspace, FeatureReader reader, Map<String, String> keys) {
    Instant time = schedule.end();
    Map<String, @Nullable Object> online = reader.read(keys, time);
    Engine.Rows offline = engine.collect(plan(workspace, keys));
    if (offline.values().isEmpty()) {
      throw MillraceException.because(
          "No values of " + keys + " at " + time + " in feature view '" + view.name() + "'",
          "it has no events in any window then",
          "Choose another entity");
    }
    List<Compared> compared = new ArrayList<>();
    for (String value : view.valueNames()) {
      compared.add(
          new Compared(
              value, online.get(view.name() + "__" + value), offline.column(value).get(0)));
    }
    return compared;
  }

  private Node plan(Workspace workspace, Map<String, String> keys) {
    Node table =
        new Scan(
            Location.DeltaTable.at(MaterializeJob.table(view, workspace)),
            new WindowAggregate(
                    view.events(workspace),
                    dev.millrace.pipelines.core.Emit.Every.once(schedule.end()))
                .schema());
    String wanted =
        keys.entrySet().stream()
            .map(key -> "`" + key.getKey() + "` = '" + key.getValue().replace("'", "\\'") + "'")
            .collect(Collectors.joining(" and "));
    return Project.of(
        "audit of feature view '" + view.name() + "'",
        table,
        view.valueNames().stream().map(NamedExpression::column).toList(),
        Optional.of("time = timestamp'" + schedule.end() + "' and " + wanted));
  }
}
