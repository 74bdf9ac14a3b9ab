package dev.millrace.training;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Request features by when they are computed: those of the request alone before its views are
 * looked up, and those that name values of views after it.
 *
 * @param before computed with the requests
 * @param after computed of requests and values
 * @param carried the requests' columns that only those name, which the set does not keep
 */
record ComputedFeatures(
    List<NamedExpression> before, List<NamedExpression> after, Set<String> carried) {
  static final ComputedFeatures NONE = new ComputedFeatures(List.of(), List.of(), Set.of());

  /**
   * Parts the features.
   *
   * @param definition the training set's, as messages name it
   * @param requests the columns that requests have
   * @param own the set's own columns beside the features
   * @param keys those of them that requests have under their name
   * @param values the views' values
   */
  static ComputedFeatures of(
      String definition,
      List<NamedExpression> features,
      Schema requests,
      Set<String> own,
      Set<String> keys,
      List<Column> values) {
    List<Column> looked =
        values.stream().filter(column -> !requests.has(column.name())).distinct().toList();
    Set<String> names = looked.stream().map(Column::name).collect(Collectors.toSet());
    Schema all = requests.and(looked);
    Problems problems = new Problems(definition);
    List<NamedExpression> before = new ArrayList<>();
    List<NamedExpression> after = new ArrayList<>();
    Set<String> carried = new TreeSet<>();
    for (NamedExpression feature : features) {
      String part = "request feature '" + feature.name() + "'";
      if (Expressions.check(feature.expression(), part, all, problems).isEmpty()) {
        continue;
      }
      Set<String> named = Expressions.columns(feature.expression(), all);
      if (named.stream().noneMatch(names::contains)) {
        before.add(feature);
        continue;
      }
      after.add(feature);
      named.stream()
          .filter(column -> !names.contains(column) && !keys.contains(column))
          .forEach(carried::add);
    }
    before.stream()
        .filter(ComputedFeatures::isAsItIs)
        .map(NamedExpression::name)
        .forEach(carried::remove);
    for (String column : carried) {
      if (own.contains(column) || before.stream().anyMatch(each -> each.name().equals(column))) {
        problems.add(
            "Column '" + column + "' of the requests of " + definition + " is named beside values",
            "the set has another column of that name when they are looked up",
            "Rename the set's own, or the requests' by a derived column of their source");
      }
    }
    problems.throwIfAny();
    return new ComputedFeatures(before, after, carried);
  }

  private static boolean isAsItIs(NamedExpression feature) {
    return feature.expression().equals(feature.name())
        || feature.expression().equals(Expressions.quoted(feature.name()));
  }

  /** What the requests are asked to hold. */
  List<NamedExpression> ofRequests() {
    List<NamedExpression> columns = new ArrayList<>(before);
    carried.forEach(column -> columns.add(NamedExpression.column(column)));
    return columns;
  }

  /** The requests and values with what is computed of both. */
  Node with(String definition, AsOfJoin joined) {
    if (after.isEmpty()) {
      return joined;
    }
    List<NamedExpression> columns = new ArrayList<>();
    joined.schema().names().stream()
        .filter(name -> !carried.contains(name))
        .forEach(name -> columns.add(NamedExpression.column(name)));
    columns.addAll(after);
    return Project.of(definition, joined, columns, Optional.empty());
  }
}
