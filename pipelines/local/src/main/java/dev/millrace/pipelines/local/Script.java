package dev.millrace.pipelines.local;

import dev.millrace.transforms.problem.MillraceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stream brings, in order: batches of rows, each under a name, watermarks, and batches that
 * come again. Immutable.
 */
public final class Script {
  /** One thing that happens. */
  sealed interface Step {
    record Deliver(String batch) implements Step {}

    record Watermark(Instant time) implements Step {}
  }

  private final Map<String, List<List<@Nullable Object>>> batches;
  private final List<Step> steps;

  private Script(Map<String, List<List<@Nullable Object>>> batches, List<Step> steps) {
    this.batches = batches;
    this.steps = steps;
  }

  /** A stream that has brought nothing. */
  public static Script start() {
    return new Script(Map.of(), List.of());
  }

  /** A batch comes for the first time; each row has a value for each column of the source. */
  public Script deliver(String batch, List<? extends List<? extends @Nullable Object>> rows) {
    if (batches.containsKey(batch)) {
      throw MillraceException.because(
          "Batch '" + batch + "' is there already",
          "a batch has its rows once and for all",
          "Name another, or bring it again with deliverAgain(...)");
    }
    Map<String, List<List<@Nullable Object>>> more = new LinkedHashMap<>(batches);
    List<List<@Nullable Object>> copied = new ArrayList<>();
    rows.forEach(row -> copied.add(new ArrayList<>(row)));
    more.put(batch, copied);
    return new Script(more, and(new Step.Deliver(batch)));
  }

  /** A batch comes again, as after a retry; it counts once. */
  public Script deliverAgain(String batch) {
    if (!batches.containsKey(batch)) {
      throw MillraceException.because(
          "There is no batch '" + batch + "'",
          "those delivered are " + batches.keySet(),
          "Deliver it first");
    }
    return new Script(batches, and(new Step.Deliver(batch)));
  }

  /** Events before this time are late from here on. A watermark never goes back. */
  public Script watermark(Instant time) {
    return new Script(batches, and(new Step.Watermark(time)));
  }

  Map<String, List<List<@Nullable Object>>> batches() {
    return batches;
  }

  List<Step> steps() {
    return steps;
  }

  private List<Step> and(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return more;
  }
}
