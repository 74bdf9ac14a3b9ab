package dev.millrace.transforms.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects what is wrong with one definition, so that all of it is reported at once. */
public final class Problems {
  private final String definition;
  private final List<Problem> found = new ArrayList<>();

  public Problems(String definition) {
    this.definition = definition;
  }

  /** What is being checked, as messages name it: {@code feature view 'spend'}. */
  public String definition() {
    return definition;
  }

  public void add(Problem problem) {
    found.add(problem);
  }

  public void add(String what, String why, String remedy) {
    found.add(new Problem(what, why, remedy));
  }

  /** What is made of parts that may not fit; where they do not, nothing, and why is added. */
  public <T> Optional<T> collect(Supplier<T> making) {
    try {
      return Optional.of(making.get());
    } catch (DefinitionException unfit) {
      found.addAll(unfit.problems());
      return Optional.empty();
    }
  }

  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Throws {@link DefinitionException} with all that was found, if anything was. */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new DefinitionException(definition, found);
    }
  }
}
