package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.List;
import java.util.Optional;

/**
 * The aggregations. Each takes expressions of Spark SQL; nulls are ignored, and no rows give null
 * but for counts.
 */
public final class Aggregations {
  private static final List<String> NAMES = List.of("count", "sum", "avg", "min", "max", "profile");

  private Aggregations() {}

  /** How many rows have a value of the expression that is not null; 0 for none. */
  public static AggregateCall count(String expression) {
    return new AggregateCall("count", List.of(expression));
  }

  /** How many rows there are; 0 for none. */
  public static AggregateCall count() {
    return count("1");
  }

  /**
   * The sum: exact for whole numbers and decimals, and an error where it does not fit; of floats
   * and doubles, the exact sum of the inputs rounded once to a double.
   */
  public static AggregateCall sum(String expression) {
    return new AggregateCall("sum", List.of(expression));
  }

  /** The exact sum, rounded once to a double, divided by the count; a double. */
  public static AggregateCall avg(String expression) {
    return new AggregateCall("avg", List.of(expression));
  }

  /** The smallest value; NaN is above every number, and text is ordered by its UTF-8 bytes. */
  public static AggregateCall min(String expression) {
    return new AggregateCall("min", List.of(expression));
  }

  /** The largest value; NaN is above every number, and text is ordered by its UTF-8 bytes. */
  public static AggregateCall max(String expression) {
    return new AggregateCall("max", List.of(expression));
  }

  /**
   * The distribution of a number, as the canonical bytes of a {@link
   * dev.millrace.transforms.drift.ColumnProfile}; the one aggregation that counts nulls too.
   */
  public static AggregateCall profile(String expression) {
    return new AggregateCall("profile", List.of(expression));
  }

  /** Why a call cannot take inputs of these types, if it cannot. */
  public static Optional<Problem> check(AggregateCall call, List<DataType> inputs) {
    if (!NAMES.contains(call.function())) {
      return Optional.of(Problem.unknown("aggregation", call.function(), "'" + call + "'", NAMES));
    }
    DataType input = inputs.get(0);
    boolean fits =
        switch (call.function()) {
          case "sum", "avg", "profile" -> input.isNumeric();
          case "min", "max" -> Values.isOrdered(input);
          default -> true;
        };
    return fits
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "'" + call + "' cannot take " + input.sql(),
                call.function()
                    + " takes "
                    + (call.function().startsWith("m") ? "a type with an order" : "a number"),
                "Cast the expression or choose another aggregation, such as count"));
  }

  /** The aggregation for inputs of these types, which {@link #check} has found to fit. */
  public static Aggregation<?> bind(AggregateCall call, List<DataType> inputs) {
    check(call, inputs)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem.message());
            });
    DataType input = inputs.get(0);
    return switch (call.function()) {
      case "count" -> new Count();
      case "sum" -> sum(call, input);
      case "avg" -> new Average<>(sum(call, input));
      case "min" -> new Extreme(input, false);
      case "max" -> new Extreme(input, true);
      default -> new ProfileOf(input);
    };
  }

  private static SumAggregation<?> sum(AggregateCall call, DataType input) {
    if (input == PrimitiveType.DOUBLE || input == PrimitiveType.FLOAT) {
      return new FloatingSum(input);
    }
    return input instanceof DecimalType decimal
        ? new WholeSum(call.toString(), decimal)
        : new WholeSum(call.toString(), input);
  }
}
