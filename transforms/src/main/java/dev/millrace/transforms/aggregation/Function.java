package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.DataType;
import java.util.List;
import java.util.Optional;

/**
 * What a name of an aggregation stands for.
 *
 * @param inputs what it takes
 * @param parameters why a call's parameters are wrong, if they are
 * @param binding makes the aggregation of a call and the types of its inputs, all of them checked
 */
record Function(List<Input> inputs, Rule parameters, Binding binding) {
  /** Why a call is wrong, if it is. */
  interface Rule {
    Optional<Problem> check(AggregateCall call);
  }

  /** A call bound to types. */
  interface Binding {
    Aggregation<?> bind(AggregateCall call, List<DataType> types);
  }

  Optional<Problem> check(AggregateCall call, List<DataType> types) {
    if (types.size() != inputs.size()) {
      return Optional.of(
          new Problem(
              "'%s' has %d inputs".formatted(call, types.size()),
              call.function() + " takes " + inputs.size(),
              "Call it as in Aggregations"));
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (!inputs.get(i).takes(types.get(i))) {
        return Optional.of(
            new Problem(
                "'" + call + "' cannot take " + types.get(i).sql(),
                call.function() + " takes " + inputs.get(i),
                "Cast the expression or choose another aggregation, such as count"));
      }
    }
    return parameters.check(call);
  }
}
