package dev.millrace.features;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.pipelines.local.Script;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Feature views over rows in memory, as a user's tests run them. */
public final class LocalViews {
  LocalViews() {}

  /**
   * A view over events.
   *
   * @param events rows of the view's source, as they are outside: a value for each column, null
   *     where one is not there; they are held against the source's expectations like any others
   * @return the values that the view has at any time
   */
  public LocalValues run(FeatureView view, List<? extends Map<String, ?>> events) {
    LocalEngine engine =
        LocalEngine.empty()
            .hold(view.source().location(), new Rows(view.source().columns(), rows(view, events)));
    return new LocalValues(view, engine, events.isEmpty());
  }

  /** A view over events that come as a stream, which has brought nothing yet. */
  public LocalStreamed stream(FeatureView view) {
    return new LocalStreamed(view, Script.start());
  }

  /** Events as rows of the source's columns. */
  static List<List<@Nullable Object>> rows(
      FeatureView view, List<? extends Map<String, ?>> events) {
    List<String> columns = view.source().columns().names();
    Problems problems = new Problems("the events of feature view '" + view.name() + "'");
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Map<String, ?> event : events) {
      for (String name : event.keySet()) {
        if (!columns.contains(name)) {
          problems.add(Problem.unknown("column", name, problems.definition(), columns));
        }
      }
      List<@Nullable Object> row = new ArrayList<>();
      columns.forEach(column -> row.add(event.get(column)));
      rows.add(row);
    }
    problems.throwIfAny();
    return rows;
  }
}
