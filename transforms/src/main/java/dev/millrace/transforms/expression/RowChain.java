package dev.millrace.transforms.expression;

import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/**
 * Filters and projections, one after the other, compiled to be applied to one row at a time. Any
 * number of threads may use it.
 */
public final class RowChain {
  /**
   * Rows that a filter lets through, projected.
   *
   * @param columns the results' names and expressions
   * @param filter a condition over the input; all rows where it is null
   * @param input the columns that both may name
   */
  public record Step(LinkedHashMap<String, String> columns, @Nullable String filter, Schema input)
      implements Serializable {}

  private record Compiled(Optional<RowPredicate> filter, RowProjection projection) {}

  private final List<Compiled> steps = new ArrayList<>();

  private RowChain() {}

  /** The steps, each over the results of the one before, which have been checked. */
  public static RowChain of(List<Step> steps) {
    RowChain chain = new RowChain();
    for (Step step : steps) {
      Map<String, String> columns = step.columns();
      chain.steps.add(
          new Compiled(
              Optional.ofNullable(step.filter())
                  .map(text -> Expressions.compileCondition(text, step.input())),
              Expressions.compile(columns, step.input())));
    }
    return chain;
  }

  /**
   * The row at the end, which this thread's next call overwrites; null where a filter leaves it
   * out.
   *
   * @throws dev.millrace.transforms.problem.MillraceException naming the expression that has no
   *     value on the row
   */
  public @Nullable InternalRow apply(InternalRow row) {
    InternalRow current = row;
    for (Compiled step : steps) {
      if (step.filter().isPresent() && !step.filter().get().test(current)) {
        return null;
      }
      current = step.projection().apply(current);
    }
    return current;
  }
}
