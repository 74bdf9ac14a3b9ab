package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.pipelines.local.Script;
import dev.millrace.pipelines.local.StreamReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A view over a scripted stream: batches that come in any order, late or twice, each made into
 * tiles that are merged as a streaming job merges them. Immutable; each step gives another.
 *
 * <pre>
 *   LocalStreamed stream = Millrace.local().stream(spend)
 *       .deliver("first", List.of(paid("ann", "11:30:00", 2.0)))
 *       .watermark(Instant.parse("2024-03-01T12:00:00Z"))
 *       .deliver("late", List.of(paid("ann", "11:40:00", 3.0)))
 *       .deliverAgain("first");
 *   assertThat(stream.at(noon)).containsEntry(List.of("ann"), Map.of("total_1h", 5.0));
 *   assertThat(stream.late()).isEqualTo(1);
 * </pre>
 */
public final class LocalStreamed {
  private final FeatureView view;
  private final Script script;

  LocalStreamed(FeatureView view, Script script) {
    this.view = view;
    this.script = script;
  }

  /** A batch of rows of the view's source comes for the first time. */
  public LocalStreamed deliver(String batch, List<? extends Map<String, ?>> events) {
    return new LocalStreamed(view, script.deliver(batch, LocalViews.rows(view, events)));
  }

  /** A batch comes again, as after a retry; it counts once. */
  public LocalStreamed deliverAgain(String batch) {
    return new LocalStreamed(view, script.deliverAgain(batch));
  }

  /** Events before this time are late from here on; they count all the same. */
  public LocalStreamed watermark(Instant time) {
    return new LocalStreamed(view, script.watermark(time));
  }

  /** The values of every entity that has an event in one of its windows, by its key's values. */
  public Map<List<Object>, Map<String, @Nullable Object>> at(Instant time) {
    return LocalValues.byEntity(view, report(time).rows());
  }

  /** How many of the events that the values are of came when the watermark had passed them. */
  public long late() {
    return report(Instant.EPOCH).late();
  }

  /** How many batches came again and did not count. */
  public long duplicates() {
    return report(Instant.EPOCH).duplicates();
  }

  private StreamReport report(Instant time) {
    return LocalEngine.empty().stream(
        new WindowAggregate(
            view.eventsOf(view.source().accepted("quarantine")), Emit.Every.once(time)),
        view.source().location(),
        script);
  }
}
