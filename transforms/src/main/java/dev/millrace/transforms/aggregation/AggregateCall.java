package dev.millrace.transforms.aggregation;

import java.io.Serializable;
import java.util.List;

/**
 * An aggregation as a user names it, not yet bound to the types of its inputs.
 *
 * @param function its name: {@code avg}
 * @param inputs the expressions that it takes, computed from one row each, or {@link #EVENT_TIME}
 * @param parameters what else it is told, such as how many values to keep, in one text form each:
 *     equal parameters are equal texts
 */
public record AggregateCall(String function, List<String> inputs, List<String> parameters)
    implements Serializable {
  /** Stands among the inputs for the row's event time; it is no function of Spark SQL. */
  public static final String EVENT_TIME = "event_time()";

  public AggregateCall {
    inputs = List.copyOf(inputs);
    parameters = List.copyOf(parameters);
  }

  /** A call without parameters. */
  public AggregateCall(String function, List<String> inputs) {
    this(function, inputs, List.of());
  }

  /** {@code avg(delay)}; with parameters {@code top_k(delay; 3)}. */
  @Override
  public String toString() {
    String told = parameters.isEmpty() ? "" : "; " + String.join(", ", parameters);
    return function + "(" + String.join(", ", inputs) + told + ")";
  }
}
