package dev.millrace.transforms.problem;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A definition whose parts do not fit together; carries every problem found, not the first alone.
 */
public final class DefinitionException extends MillraceException {
  private final transient List<Problem> problems;

  public DefinitionException(String definition, List<Problem> problems) {
    super(text(definition, problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, in the order of the definition's text. */
  public List<Problem> problems() {
    return problems;
  }

  private static String text(String definition, List<Problem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("a definition exception carries at least one problem");
    }
    if (problems.size() == 1) {
      return problems.get(0).message();
    }
    return problems.size()
        + " problems in "
        + definition
        + ":\n"
        + problems.stream().map(p -> "  - " + p.message()).collect(Collectors.joining("\n"));
  }
}
