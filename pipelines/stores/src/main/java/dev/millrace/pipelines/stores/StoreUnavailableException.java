package dev.millrace.pipelines.stores;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;

/** A store does not answer, or not in time, however often it was asked: it may later. */
public final class StoreUnavailableException extends MillraceException {
  StoreUnavailableException(Problem problem, Throwable cause) {
    super(problem, cause);
  }
}
