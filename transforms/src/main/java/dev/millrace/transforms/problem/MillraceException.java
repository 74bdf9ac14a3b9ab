package dev.millrace.transforms.problem;

import org.jspecify.annotations.Nullable;

/** A failure a person can act on; its message is a {@link Problem}'s. */
public class MillraceException extends RuntimeException {
  public MillraceException(Problem problem) {
    this(problem, null);
  }

  public MillraceException(Problem problem, @Nullable Throwable cause) {
    super(problem.message(), cause);
  }

  protected MillraceException(String message) {
    super(message);
  }

  /** The same failure, said to be of a part: {@code feature 'total_1h'}. */
  public MillraceException of(String part) {
    return new MillraceException(new Problem("In " + part + ": " + getMessage(), "", ""), this);
  }

  /** Says what, why and what to do. */
  public static MillraceException because(String what, String why, String remedy) {
    return new MillraceException(new Problem(what, why, remedy));
  }
}
