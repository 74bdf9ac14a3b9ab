package dev.millrace.training;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.drift.ColumnProfile;
import dev.millrace.transforms.drift.Profile;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Distributions of columns, by the shared algebra on whatever engine holds the rows. */
public final class Profiles {
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private Profiles() {}

  /**
   * The profile of numeric columns over the rows that a condition lets through, in one pass.
   *
   * @param definition what the rows are of, as messages name it
   * @param rows with the column {@code request_time}
   */
  public static Profile of(
      Engine engine, String definition, Node rows, List<String> columns, Optional<String> filter) {
    Node wanted =
        Project.of(
            definition,
            rows,
            rows.schema().names().stream().map(NamedExpression::column).toList(),
            filter);
    List<WindowedFeature> features =
        columns.stream()
            .map(
                column ->
                    new WindowedFeature(
                        column, Aggregations.profile("`" + column + "`"), Window.lifetime()))
            .toList();
    Events events = new Events(definition, wanted, List.of(), TrainingSet.TIME, features);
    Engine.Rows one = engine.collect(new WindowAggregate(events, Emit.Every.once(END_OF_TIME)));
    Profile profile = new Profile();
    for (String column : columns) {
      byte[] bytes = (byte[]) Objects.requireNonNull(one.column(column).get(0));
      profile.column(column).merge(ColumnProfile.decode(bytes));
    }
    return profile;
  }
}
