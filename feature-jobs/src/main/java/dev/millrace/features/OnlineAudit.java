package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the online values of every entity of a view against the ones kept offline for the
 * schedule's end.
 */
public record OnlineAudit(FeatureView view, Schedule schedule) {
  /**
   * A value that differs.
   *
   * @param keys the entity
   */
  public record Difference(
      Map<String, Object> keys, String value, @Nullable Object online, @Nullable Object offline) {}

  /** How many were compared, and those that differ in any bit. */
  public record Report(Instant time, long entities, long values, List<Difference> differences) {}

  public Report run(Engine engine, Workspace workspace, FeatureReader reader) {
    Instant time = schedule.end();
    Engine.Rows offline = engine.collect(plan(workspace, time));
    List<String> keys = view.entity().keyNames();
    List<Difference> differences = new ArrayList<>();
    for (List<@Nullable Object> row : offline.values()) {
      Map<String, Object> entity = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        entity.put(keys.get(i), Objects.requireNonNull(row.get(i)));
      }
      Map<String, @Nullable Object> online = reader.read(view, entity, time);
      for (int i = keys.size(); i < row.size(); i++) {
        String name = offline.schema().names().get(i);
        Object read = online.get(view.name() + "__" + name);
        if (!Objects.equals(read, row.get(i))) {
          differences.add(new Difference(entity, name, read, row.get(i)));
        }
      }
    }
    long entities = offline.values().size();
    long stored = reader.entities(view);
    if (entities == 0 || stored != entities) {
      throw MillraceException.because(
          "The stores of feature view '" + view.name() + "' do not hold the same entities",
          "at " + time + " there are " + entities + " offline and " + stored + " online",
          "Materialize the view again; if that does not help, report it");
    }
    return new Report(time, entities, entities * view.valueNames().size(), differences);
  }

  /** The values kept for one time: keys, values. */
  private Node plan(Workspace workspace, Instant time) {
    Node table =
        new Scan(
            Location.DeltaTable.at(MaterializeJob.table(view, workspace)),
            new WindowAggregate(view.events(workspace), Emit.Every.once(time)).schema());
    List<NamedExpression> columns = new ArrayList<>();
    view.entity().keyNames().forEach(key -> columns.add(NamedExpression.column(key)));
    view.valueNames().forEach(value -> columns.add(NamedExpression.column(value)));
    return Project.of(
        "audit of feature view '" + view.name() + "'",
        table,
        columns,
        Optional.of("time = timestamp'" + time + "'"));
  }
}
