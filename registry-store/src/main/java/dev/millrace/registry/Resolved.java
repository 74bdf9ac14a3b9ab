package dev.millrace.registry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The last answers, and when they were asked for. */
final class Resolved {
  private record Answer(ModelVersion version, long askedAt) {}

  private final Function<String, ModelVersion> resolving;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  Resolved(Function<String, ModelVersion> resolving) {
    this.resolving = resolving;
  }

  ModelVersion within(Duration staleness, String reference) {
    @Nullable Answer answer = answers.get(reference);
    if (answer != null && isFresh(answer, staleness)) {
      return answer.version();
    }
    // One caller asks; the others of this reference wait for its answer.
    Answer fresh =
        answers.compute(
            reference,
            (any, held) -> held != null && isFresh(held, staleness) ? held : ask(reference));
    return fresh.version();
  }

  private Answer ask(String reference) {
    long askedAt = System.nanoTime();
    return new Answer(resolving.apply(reference), askedAt);
  }

  private static boolean isFresh(Answer answer, Duration staleness) {
    return System.nanoTime() - answer.askedAt() <= staleness.toNanos();
  }
}
