package dev.millrace.transforms.aggregation;

import java.io.Serializable;
import java.util.List;

/**
 * An aggregation as a user names it, not yet bound to the types of its inputs.
 *
 * @param function its name: {@code avg}
 * @param inputs the expressions that it takes, computed from one row each
 */
public record AggregateCall(String function, List<String> inputs) implements Serializable {
  public AggregateCall {
    inputs = List.copyOf(inputs);
  }

  /** {@code avg(delay)}. */
  @Override
  public String toString() {
    return function + "(" + String.join(", ", inputs) + ")";
  }
}
