package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Project;
import dev.millrace.transforms.expression.RowChain;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** Filters and projects rows, by expressions that Catalyst compiles in the worker. */
final class Projected extends DoFn<UnsafeRow, UnsafeRow> {
  private static final long serialVersionUID = 1L;

  private final ArrayList<RowChain.Step> steps;
  private transient @Nullable RowChain chain;

  private Projected(List<RowChain.Step> steps) {
    this.steps = new ArrayList<>(steps);
  }

  static Projected by(Project project) {
    return new Projected(List.of(step(project)));
  }

  /** The rows of which a condition is true. */
  static Projected where(String condition, Schema schema) {
    LinkedHashMap<String, String> same = new LinkedHashMap<>();
    schema.names().forEach(name -> same.put(name, NamedExpression.column(name).expression()));
    return new Projected(List.of(new RowChain.Step(same, condition, schema)));
  }

  private static RowChain.Step step(Project project) {
    LinkedHashMap<String, String> columns = new LinkedHashMap<>();
    project.columns().forEach(column -> columns.put(column.name(), column.expression()));
    return new RowChain.Step(columns, project.filter().orElse(null), project.input().schema());
  }

  @Setup
  public void setup() {
    chain = Compiled.chain(steps);
  }

  @ProcessElement
  public void process(@Element UnsafeRow row, OutputReceiver<UnsafeRow> out) {
    InternalRow result = Objects.requireNonNull(chain).apply(row);
    if (result != null) {
      out.output(((UnsafeRow) result).copy());
    }
  }
}
