package dev.millrace.pipelines.core;

import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Columns computed from the rows that a condition lets through.
 *
 * @param definition what the plan is of, as messages name it: {@code feature view 'spend'}
 * @param columns the columns of the result, each from the input's
 * @param filter over the input's columns; rows where it is false or null are left out
 */
public record Project(
    String definition,
    Node input,
    List<NamedExpression> columns,
    Optional<String> filter,
    Schema schema)
    implements Node {

  /** Checks the expressions against the input. */
  public static Project of(
      String definition, Node input, List<NamedExpression> columns, Optional<String> filter) {
    Problems problems = new Problems(definition);
    filter.ifPresent(
        condition -> Expressions.checkCondition(condition, "where", input.schema(), problems));
    List<Column> result = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (NamedExpression column : columns) {
      if (!names.add(column.name())) {
        problems.add(
            "Column '" + column.name() + "' of " + definition + " is named twice",
            "a name has one meaning",
            "Rename one of them");
      }
      String part = "column '" + column.name() + "'";
      Expressions.check(column.expression(), part, input.schema(), problems)
          .ifPresent(type -> result.add(new Column(column.name(), type)));
    }
    problems.throwIfAny();
    return new Project(definition, input, List.copyOf(columns), filter, new Schema(result));
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
