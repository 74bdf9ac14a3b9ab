package dev.millrace.benchmarks.online;

import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.OnlineAudit;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/**
 * The values of all entities at a time, of the stream's log, of the online store and of a batch.
 *
 * @param values how many there are of each
 * @param online how many of the store differ from those of the stream's log
 * @param batch how many rows of values are of the stream's log or the batch alone
 */
record ThreeWays(long values, long online, long batch) {
  /** Computes them, and reads the store. */
  static ThreeWays compare(
      Engine engine,
      List<FeatureView> views,
      Sink.OnlineAddress address,
      Workspace stream,
      Workspace batch,
      Instant time) {
    long values = 0;
    long ofStore = 0;
    long ofRows = 0;
    try (FeatureReader reader = FeatureReader.connect(address, Duration.ofSeconds(5), views)) {
      for (FeatureView view : views) {
        OnlineAudit.Report report = new OnlineAudit(view, time).run(engine, stream, reader);
        values += report.values();
        ofStore += report.differences().size() + report.unknown() + report.moved();
        var streamed = rows(engine, view, stream, time);
        var batched = rows(engine, view, batch, time);
        long both = streamed.stream().filter(batched::contains).count();
        ofRows += streamed.size() + batched.size() - 2 * both;
      }
    }
    return new ThreeWays(values, ofStore, ofRows);
  }

  private static HashSet<?> rows(Engine engine, FeatureView view, Workspace of, Instant time) {
    return new HashSet<>(
        engine.collect(new WindowAggregate(view.events(of), Emit.Every.once(time))).values());
  }

  long differing() {
    return online + batch;
  }
}
