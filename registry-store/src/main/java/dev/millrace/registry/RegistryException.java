package dev.millrace.registry;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import org.jspecify.annotations.Nullable;

/** The registry cannot do what was asked; the message says what, why, and what to do. */
public class RegistryException extends MillraceException {
  /** An exception with the message of {@code problem}. */
  public RegistryException(Problem problem) {
    super(problem);
  }

  /**
   * An exception with the message of {@code problem}; {@code cause} is null where nothing was
   * thrown below.
   */
  public RegistryException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
