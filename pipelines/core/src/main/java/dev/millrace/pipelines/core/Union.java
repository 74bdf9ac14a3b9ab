package dev.millrace.pipelines.core;

import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Schema;
import java.util.List;

/**
 * All rows of all inputs, each as often as it is there, in no order.
 *
 * @param definition what the plan is of, as messages name it
 * @param inputs of the same columns in the same order
 */
public record Union(String definition, List<Node> inputs) implements Node {
  /** Checks that the inputs' columns are the same. */
  public Union {
    inputs = List.copyOf(inputs);
    Problems problems = new Problems(definition);
    if (inputs.isEmpty()) {
      problems.add(
          "Union in " + definition + " has no input",
          "it would have no columns",
          "Give at least one");
    }
    for (int i = 1; i < inputs.size(); i++) {
      if (!inputs.get(i).schema().equals(inputs.get(0).schema())) {
        problems.add(
            "Input " + (i + 1) + " of the union in " + definition + " is " + inputs.get(i).schema(),
            "the first is " + inputs.get(0).schema(),
            "Project both to the same columns in the same order");
      }
    }
    problems.throwIfAny();
  }

  @Override
  public Schema schema() {
    return inputs.get(0).schema();
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
