package dev.millrace.pipelines.beam;

import dev.millrace.transforms.problem.MillraceException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What workers of this process met last. Runners that retry say only that they gave up; where they
 * run here, the reason can be told.
 */
final class StreamFailures {
  private static final Map<String, MillraceException> LAST = new ConcurrentHashMap<>();

  private StreamFailures() {}

  /** Work of a stream. */
  interface Work {
    void run() throws java.io.IOException;
  }

  static void noted(StreamPlan plan, Work work) throws java.io.IOException {
    try {
      work.run();
    } catch (MillraceException failure) {
      LAST.put(plan.spec().id, failure);
      throw failure;
    }
  }

  static Optional<MillraceException> last(StreamPlan plan) {
    return Optional.ofNullable(LAST.get(plan.spec().id));
  }
}
