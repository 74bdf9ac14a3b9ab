package dev.millrace.transforms.expectation;

import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.types.Decimal;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that rules ask of all rows, computed in one pass by the aggregations of features, so
 * that they too are the same bits whatever the order of rows.
 */
public final class Metrics {
  private static final Set<PrimitiveType> NUMBERS =
      EnumSet.of(PrimitiveType.INT, PrimitiveType.LONG, PrimitiveType.FLOAT, PrimitiveType.DOUBLE);

  private final List<Rule.Metric> rules;
  private final List<String> inputs = new ArrayList<>();
  private final List<WindowedAggregation> windows = new ArrayList<>();

  private Metrics(List<Rule.Metric> rules) {
    this.rules = rules;
  }

  /** The numbers that expectations ask of rows of a schema, which they have been checked for. */
  public static Metrics of(List<Expectation> expectations, Schema schema) {
    Metrics metrics = new Metrics(rules(expectations));
    for (Rule.Metric rule : metrics.rules) {
      List<DataType> types =
          rule.call().inputs().stream().map(input -> type(input, schema)).toList();
      metrics.windows.add(
          new WindowedAggregation(
              rule.name(),
              rule.call(),
              Aggregations.bind(rule.call(), types),
              metrics.inputs.size(),
              Window.lifetime()));
      metrics.inputs.addAll(rule.call().inputs());
    }
    return metrics;
  }

  private static DataType type(String input, Schema schema) {
    Problems problems = new Problems("expectation of '" + input + "'");
    Optional<DataType> type = Expressions.check(input, problems.definition(), schema, problems);
    problems.throwIfAny();
    return type.orElseThrow();
  }

  private static List<Rule.Metric> rules(List<Expectation> expectations) {
    return expectations.stream()
        .map(Expectation::rule)
        .filter(Rule.Metric.class::isInstance)
        .map(Rule.Metric.class::cast)
        .toList();
  }

  /** Adds what is wrong with a rule over rows of a schema. */
  public static void check(
      Expectation expectation, String definition, Schema schema, Problems problems) {
    Rule.Metric rule = (Rule.Metric) expectation.rule();
    String subject = "expectation '" + rule.name() + "' of " + definition;
    List<DataType> types = new ArrayList<>();
    for (String input : rule.call().inputs()) {
      Expressions.check(input, subject, schema, problems).ifPresent(types::add);
    }
    if (types.size() < rule.call().inputs().size()) {
      return;
    }
    Aggregations.check(rule.call(), types)
        .ifPresentOrElse(
            problems::add,
            () -> {
              DataType result = Aggregations.bind(rule.call(), types).resultType();
              if (!(result instanceof DecimalType || NUMBERS.contains(result))) {
                problems.add(
                    "Cannot compare " + subject,
                    "'" + rule.call() + "' gives " + result.sql() + ", and bounds are numbers",
                    "Ask for a number, such as a count or an average");
              }
            });
  }

  public List<Rule.Metric> rules() {
    return rules;
  }

  /** The expressions that rows of inputs are made of. */
  public List<String> inputs() {
    return inputs;
  }

  /** The aggregations over all rows, bound to rows of inputs. */
  public List<WindowedAggregation> aggregations() {
    return windows;
  }

  /** A value of an aggregation as a number; NaN for that of no values. */
  public static double number(@Nullable Object value) {
    if (value instanceof Decimal decimal) {
      return decimal.toDouble();
    }
    return value == null ? Double.NaN : ((Number) value).doubleValue();
  }
}
