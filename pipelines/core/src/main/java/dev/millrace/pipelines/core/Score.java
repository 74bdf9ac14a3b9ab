package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.util.List;

/**
 * The input's rows with a scorer's result beside each, a double.
 *
 * @param definition what the plan is of, as messages name it
 * @param inputs the numeric columns in the scorer's order; nulls reach it as NaN
 * @param output the result's column
 */
public record Score(
    String definition, Node input, List<String> inputs, Scorer scorer, String output)
    implements Node {

  /** Checks the inputs against the rows. */
  public Score {
    inputs = List.copyOf(inputs);
    Problems problems = new Problems(definition);
    Schema schema = input.schema();
    for (String name : inputs) {
      if (!schema.has(name)) {
        problems.add(Problem.unknown("model input", name, definition, schema.names()));
      } else if (!schema.column(name).type().isNumeric()) {
        problems.add(
            "Model input '"
                + name
                + "' of "
                + definition
                + " is a "
                + schema.column(name).type().sql(),
            "a model takes numbers",
            "Cast it or leave it out");
      }
    }
    problems.throwIfAny();
  }

  @Override
  public Schema schema() {
    return input.schema().and(List.of(new Column(output, PrimitiveType.DOUBLE)));
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
