package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Starts to follow a stream: looks whether it is there, makes the tables, loads what the online
 * store lacks, and hands the steps to the runner.
 */
final class StreamStart {
  /**
   * Runners that publish what is stable do so about once a second; more batches cost more writes.
   */
  private static final long LEAST_MILLIS = 1_000;

  /** Gives the options of a start. */
  interface Choosing {
    /**
     * The options.
     *
     * @param logId names the log
     * @param goesOn whether the runner goes on from the state that an earlier start left
     */
    PipelineOptions of(long logId, boolean goesOn);
  }

  private final BeamEngine engine;
  private final Choosing choosing;
  private final Follow follow;
  private final FollowSettings settings;

  /**
   * Of a stream.
   *
   * @param choosing gives the options of a start
   */
  StreamStart(BeamEngine engine, Choosing choosing, Follow follow, FollowSettings settings) {
    this.engine = engine;
    this.choosing = choosing;
    this.follow = follow;
    this.settings = settings;
  }

  /**
   * Starts it.
   *
   * @param servers the runs of the stores' servers that an earlier start relied on; a store that
   *     has another run now may lack what it answered for, and is loaded again
   */
  StreamFollowing.Running start(Map<Sink.OnlineAddress, List<String>> servers) {
    StreamFeed feed = StreamFeed.of(stream(), engine.options());
    feed.requireThere();
    StreamPlan plan = plan(feed, servers);
    Optional<Account.Stream> before = plan.log().history().stream(Long.MAX_VALUE);
    Map<Integer, Long> beginnings = feed.beginnings(plan.next(), settings.acceptsLoss());
    // A reader of an earlier start would look for what is gone.
    boolean goesOn = beginnings.entrySet().containsAll(plan.next().entrySet());
    Pipeline pipeline = Pipeline.create(choosing.of(plan.logId(), goesOn));
    feed.follow(pipeline, plan, beginnings);
    return new StreamFollowing.Running(plan, feed, pipeline.run(), before);
  }

  /** What is followed. */
  Location stream() {
    return follow.stream().location();
  }

  /** What workers are to know; with it, tables are there and stores are loaded. */
  StreamPlan plan(StreamFeed feed, Map<Sink.OnlineAddress, List<String>> before) {
    StreamSpec spec = new StreamSpec(follow);
    Sink.Delta sink = (Sink.Delta) follow.log().sink();
    Expect expect = follow.expect();
    DeltaBatches log = DeltaBatches.to(sink.path(), spec.log, sink.partitionBy());
    DeltaBatches aside =
        DeltaBatches.to(expect.quarantine().path(), Judged.asideSchema(expect), List.of());
    long logId = Digest.first64(log.id());
    long position = log.position();
    Optional<Account.Stream> last =
        Account.Stream.last(sink.path(), position, log.history())
            .flatMap(any -> log.batch(position));
    last.ifPresent(aside::appendAside);
    List<Long> versions = new ArrayList<>();
    Map<Sink.OnlineAddress, List<String>> servers = new HashMap<>();
    for (Write write : follow.online()) {
      Sink.Online online = (Sink.Online) write.sink();
      try (OnlineStore store = StreamPlan.connect(online.address())) {
        List<String> runs = store.runs();
        // What the first view was loaded into is what the others stand beside.
        servers.putIfAbsent(online.address(), runs);
        if (!before.getOrDefault(online.address(), runs).equals(runs)) {
          store.unmark(online.space());
        }
        Optional<Stamp> mark = store.mark(online.space());
        if (mark.filter(each -> each.holds(logId, position)).isEmpty()) {
          load(write, sink.path(), store);
          mark = store.mark(online.space());
        }
        versions.add(mark.map(Stamp::version).orElse(0L));
      }
    }
    return new StreamPlan(
        follow.name(),
        MessageReading.of(feed.messages(), feed.name(), follow.stream()),
        feed.hasOffsets(),
        spec,
        log,
        aside,
        logId,
        settings.delay().toNanos() / 1000,
        Math.max(LEAST_MILLIS, settings.trigger().toMillis()),
        // Earlier releases set a batch aside before it came into the log.
        Math.max(position, aside.position()),
        log.version(),
        log.history().stream(Long.MAX_VALUE).map(Account.Stream::next).orElse(Map.of()),
        versions,
        servers);
  }

  private void load(Write write, String log, OnlineStore store) {
    Sink.Online online = (Sink.Online) write.sink();
    store.requireKeepsKeys(online.address().toString());
    store.unmark(online.space());
    Location.DeltaTable table = Location.DeltaTable.at(log);
    Optional<Long> newest = engine.newest(new Scan(table, eventTime()));
    if (newest.isEmpty()) {
      Stamp none = OnlineTiles.stamp(DeltaSnapshot.of(DeltaSnapshot.library(), table), 0);
      store.sweepOfLog(online.space(), none);
      store.mark(online.space(), none);
      return;
    }
    var unused =
        engine.run(StreamSpec.load(write, Micros.instant(newest.get() + 1), Instant.now()));
  }

  private Schema eventTime() {
    return Schema.of(follow.log().input().schema().column(follow.eventTime()));
  }
}
