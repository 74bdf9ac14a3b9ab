package dev.millrace.pipelines.spark;

import dev.millrace.transforms.problem.MillraceException;
import java.util.concurrent.Callable;

/** Brings a failure that a person can act on out of the layers that Spark wraps it in. */
final class Failures {
  private Failures() {}

  static <T> T explained(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof MillraceException explained) {
          throw explained;
        }
      }
      if (failure instanceof RuntimeException unexplained) {
        throw unexplained;
      }
      throw new IllegalStateException(failure);
    }
  }

  /** The first line of what the innermost cause says. */
  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }
}
