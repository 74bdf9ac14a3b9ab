package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.StreamFindings;
import dev.millrace.pipelines.runs.StreamJudge;
import dev.millrace.pipelines.runs.StreamProgram;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryListener;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * Follows a stream with Structured Streaming. A batch is judged first; then its rows go into the
 * log, those set aside into the quarantine, and tiles into the online store, side by side. Each of
 * these knows the batch by its position, so that one that is tried again adds nothing twice:
 *
 * <pre>
 *   log, quarantine    Delta transactions, numbered by position
 *   entity, space      the position in the {@link Stamp}
 *   what was seen      a version of Spark's state store
 * </pre>
 *
 * A batch is judged by what the one before it left in the log's account: how far its topic was
 * read, its newest time, the numbers of all rows. So where a checkpoint is lost, the log says where
 * to go on; what was seen before is lost with it.
 */
final class StreamRun implements Following {
  private final SparkSession session;
  private final Sources sources;
  private final Follow follow;
  private final FollowSettings settings;
  private final Listener listener;
  private final StreamSpec spec;
  private final Broadcast<StreamSpec> shipped;
  private final Sink.Delta sink;
  private final boolean isNewLog;
  private final DeltaAppend log;
  private final DeltaAppend aside;
  private final StreamFiles logFiles;
  private final StreamFiles asideFiles;
  private final StreamCheckpoint checkpoint;
  private final StreamJudge judge;
  private final Expect expect;
  private final long logId;
  private final SeenBefore seen;
  private final ExecutorService sideBySide = Executors.newFixedThreadPool(3, StreamRun::daemon);

  /** One after the other, so that a batch waits for one at most. */
  private final ExecutorService checkpoints = Executors.newSingleThreadExecutor(StreamRun::daemon);

  private final ReentrantLock batchRuns = new ReentrantLock();
  private final Map<Long, Batch> untold = new ConcurrentHashMap<>();
  private final StreamingQueryListener progress = new Progress();
  private Optional<Account.Stream> last = Optional.empty();

  /** The runs of the stores' servers that hold the batches so far. */
  private Map<Sink.OnlineAddress, List<String>> servers = Map.of();

  /** When the last batch's tiles were written. */
  private volatile Instant readable = Instant.EPOCH;

  private @Nullable StreamingQuery query;

  StreamRun(
      SparkSession session,
      Sources sources,
      Follow follow,
      FollowSettings settings,
      Listener listener) {
    this.session = session;
    this.sources = sources;
    this.follow = follow;
    this.settings = settings;
    this.listener = listener;
    this.spec = new StreamSpec(follow);
    this.shipped = JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(spec);
    this.sink = (Sink.Delta) follow.log().sink();
    Expect declared = follow.expect();
    this.expect =
        new Expect(
            declared.definition(), declared.input(), spec.expectations, declared.quarantine());
    Schema asideSchema =
        spec.judged.and(
            List.of(
                new Column("reasons", new ArrayType(PrimitiveType.STRING)),
                new Column("run_id", PrimitiveType.STRING)));
    this.isNewLog = !DeltaHistory.exists(session, sink.path());
    this.log = DeltaAppend.to(session, sink.path(), spec.log, sink.partitionBy(), checkpoints);
    this.aside =
        DeltaAppend.to(session, expect.quarantine().path(), asideSchema, List.of(), checkpoints);
    int day =
        sink.partitionBy().isEmpty() ? -1 : spec.log.names().indexOf(sink.partitionBy().get(0));
    this.logFiles = StreamFiles.of(session, sink.path(), spec.log, day);
    this.asideFiles = StreamFiles.of(session, expect.quarantine().path(), asideSchema, -1);
    this.logId = Digest.first64(log.id());
    int partitions = session.sessionState().conf().numShufflePartitions();
    this.checkpoint =
        StreamCheckpoint.open(
            session, settings.checkpoint(), follow.name(), log.id(), base(), partitions);
    this.seen =
        new SeenBefore(session, spec, settings.checkpoint() + "/seen", checkpoint.partitions());
    this.judge = new StreamJudge(spec, DeltaHistory.of(session, expect.quarantine().path()));
  }

  /**
   * After which batch one from a new checkpoint begins. The number after a table's last may be that
   * of a batch that was killed, which had other messages and is in the stores already; the one
   * after that is taken by {@link #begin}.
   */
  private long base() {
    long last = Math.max(log.position(), aside.position());
    return isNewLog && last == 0 ? 0 : last + 2;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "millrace stream");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins, and returns. */
  StreamRun start() {
    Optional<Account.Stream> before =
        Account.Stream.last(sink.path(), log.position(), DeltaHistory.of(session, sink.path()));
    if (before.filter(account -> account.messages() > 0).isPresent()
        && checkpoint.isNew()
        && !(follow.stream().location() instanceof Location.KafkaTopic)) {
      throw MillraceException.because(
          "Cannot follow " + follow.name() + " from the checkpoint at " + settings.checkpoint(),
          "it is empty, the log has batches of a stream already, and nothing else says which files those were of",
          "Give the checkpoint that it was followed with");
    }
    before.ifPresent(aside::appendAside);
    // Spark goes by this until its own checkpoint has a batch, and by that from then on.
    Map<Integer, Long> offsets = before.map(Account.Stream::next).orElse(Map.of());
    Dataset<Row> rows = new StreamSource(session, follow.stream()).read(offsets, settings);
    checkpoint.save();
    if (log.position() < checkpoint.base()) {
      begin(before);
    }
    loadStores();
    session.streams().addListener(progress);
    try {
      query =
          rows.writeStream()
              .queryName(follow.name())
              .option("checkpointLocation", settings.checkpoint() + "/spark")
              .trigger(Trigger.ProcessingTime(settings.trigger().toMillis()))
              .foreachBatch(
                  (Dataset<Row> batch, Long number) -> {
                    batchRuns.lockInterruptibly();
                    try {
                      batch(batch, number);
                    } finally {
                      batchRuns.unlock();
                    }
                  })
              .start();
    } catch (TimeoutException impossible) {
      throw new IllegalStateException(impossible);
    }
    return this;
  }

  /**
   * Takes a position of the log without messages: what the stores have of an earlier one is loaded
   * from the log, and a run that goes on from another checkpoint meets it.
   */
  private void begin(Optional<Account.Stream> before) {
    Account.Stream begun =
        before
            .map(account -> account.at(checkpoint.base()))
            .orElseGet(() -> Account.Stream.begun(checkpoint.base()));
    OptionalLong after = OptionalLong.of(before.map(Account.Stream::position).orElse(0L));
    if (!log.append(List.of(), after, begun.position(), StreamJudge.bare(begun).toJson())) {
      throw another(begun);
    }
  }

  /**
   * Has the stores hold the log's batches, but for one that Spark will try again: a first message
   * may be long in coming.
   */
  private void loadStores() {
    long position = log.position();
    boolean isTriedAgain =
        position > checkpoint.base() && !checkpoint.isDone(position - checkpoint.base() - 1);
    try {
      servers = storeRuns();
      long[] unused = requireStores(isTriedAgain ? position : position + 1);
      mendStores();
    } catch (RuntimeException failure) {
      StreamStores.close(spec.id);
      throw failure;
    }
  }

  private void batch(Dataset<Row> batch, long number) {
    long began = System.nanoTime();
    long position = checkpoint.base() + number + 1;
    Optional<Account.Stream> before =
        last.filter(account -> account.position() == position - 1)
            .or(() -> accountUpTo(position - 1));
    Map<Integer, Long> newests = before.map(Account.Stream::newests).orElseGet(HashMap::new);
    Broadcast<StreamSpec> of = shipped;
    LongAccumulator held = session.sparkContext().longAccumulator();
    JavaRDD<StreamPart> judged =
        Steps.then(
            batch.queryExecution().toRdd().toJavaRDD(),
            raw -> {
              StreamProgram program = StreamProgram.of(of.value());
              UnsafeProjection bare = StreamProgram.bare(of.value());
              StreamPart part = new StreamPart();
              raw.forEachRemaining(row -> part.add(program.judge(row, bare, newests)));
              return List.of(part).iterator();
            });
    if (seen.isAsked()) {
      long oldest =
          newests.values().stream()
              .min(Long::compare)
              .map(newest -> newest - spec.retention)
              .orElse(Long.MIN_VALUE);
      judged = seen.mark(judged, number, oldest, held);
    }
    JavaRDD<StreamPart> rows = judged.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      publish(rows, position, before, began, held, number);
    } finally {
      rows.unpersist(false);
    }
  }

  private void publish(
      JavaRDD<StreamPart> rows,
      long position,
      Optional<Account.Stream> before,
      long began,
      LongAccumulator held,
      long number) {
    StreamTiles tiles = new StreamTiles(shipped, checkpoint.partitions());
    JavaRDD<StreamTiles.Share> shares =
        tiles.look(
            rows,
            before.map(Account.Stream::newests).orElseGet(HashMap::new),
            settings.delay().toNanos() / 1000);
    StreamFindings found = tiles.found(shares);
    StreamJudge.Outcome outcome = judge.with(position, before, found);
    if (outcome.account().accepted() > 0) {
      DeequGate.judge(expect, outcome.findings());
    }
    Account.Stream account = outcome.account();
    long after = before.map(Account.Stream::position).orElse(0L);
    requireNext(account, after);
    mendStores();
    long[] versions = requireStores(position);
    Future<?> online =
        beside(Executors.callable(() -> addTiles(tiles, shares, found, account, versions)));
    Future<List<AddFile>> setAside = beside(() -> writeAside(rows, found, position));
    Future<Account.Stream> logged = beside(() -> append(rows, found, after, account, setAside));
    finish(List.of(online, setAside, logged));
    mendStores();
    last = Optional.of(account);
    if (found.messages > 0) {
      tell(number, account, found, held, began);
    }
  }

  private void tell(
      long number, Account.Stream account, StreamFindings found, LongAccumulator held, long began) {
    untold.put(
        number,
        new Batch(
            account.position(),
            found.messages,
            found.accepted,
            found.messages - found.accepted,
            found.late,
            held.value(),
            Optional.ofNullable(account.newest()).map(Micros::instant),
            Duration.ofNanos(System.nanoTime() - began),
            OptionalLong.of(0),
            account.next(),
            readable));
  }

  private <T> Future<T> beside(Callable<T> work) {
    return sideBySide.submit(
        () -> {
          SparkSession.setActiveSession(session);
          return work.call();
        });
  }

  /** Waits for all of them. */
  private static void finish(List<Future<?>> running) {
    @Nullable Throwable failure = null;
    for (Future<?> each : running) {
      try {
        each.get();
      } catch (ExecutionException failed) {
        failure = failure == null ? failed.getCause() : failure;
      } catch (InterruptedException stopped) {
        running.forEach(other -> other.cancel(true));
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the stream was stopped", stopped);
      }
    }
    if (failure != null) {
      Throwable cause = failure;
      Callable<Void> thrown =
          () -> {
            throw cause instanceof Exception exception
                ? exception
                : new IllegalStateException(cause);
          };
      Failures.explained(thrown);
    }
  }

  /**
   * Commits the batch into the log, and then what it sets aside, which the log's commit names: who
   * is killed between the two leaves it to the next start.
   */
  private Account.Stream append(
      JavaRDD<StreamPart> rows,
      StreamFindings found,
      long after,
      Account.Stream account,
      Future<List<AddFile>> setAside)
      throws ExecutionException, InterruptedException {
    List<StreamFiles.Written> written = List.of();
    if (found.accepted > 0) {
      StreamFiles files = logFiles;
      written =
          Steps.run(rows.coalesce(1), parts -> files.write(Steps.each(parts, StreamPart::kept)));
    }
    Account.Stream whole =
        account.withAside(setAside.get().stream().map(DeltaAppend::text).toList());
    boolean appended =
        log.append(
            written.stream().map(StreamFiles.Written::toAction).toList(),
            OptionalLong.of(after),
            whole.position(),
            judge.ofLog(found, whole, sink.partitionBy()).toJson());
    aside.appendAside(appended ? whole : same(whole));
    return whole;
  }

  /** Looks before anything is put online whether another run has gone on. */
  private void requireNext(Account.Stream account, long after) {
    if (log.has(account.position())) {
      Account.Stream unused = same(account);
    } else if (log.position() != after) {
      throw Account.Stream.unlike(sink.path(), account.position(), after, log.position());
    }
  }

  /** Who finds its batch in the log has been there before, or another run has. */
  private Account.Stream same(Account.Stream account) {
    return accountUpTo(account.position())
        .filter(account::isSame)
        .orElseThrow(() -> another(account));
  }

  private MillraceException another(Account.Stream account) {
    return MillraceException.because(
        "Another run follows " + follow.name(),
        "batch "
            + account.position()
            + " of its log is there, up to "
            + accountUpTo(account.position()).map(Account.Stream::next).orElse(Map.of())
            + " and not "
            + account.next(),
        "Let one of them run, from the checkpoint at " + settings.checkpoint() + " or the other's");
  }

  private List<AddFile> writeAside(JavaRDD<StreamPart> rows, StreamFindings found, long position) {
    if (found.accepted == found.messages) {
      return List.of();
    }
    StreamFiles files = asideFiles;
    return Steps.run(
            rows.coalesce(1),
            parts ->
                files.write(
                    Steps.each(
                        parts,
                        part ->
                            part.rows().stream()
                                .filter(row -> !row.isAccepted())
                                .map(row -> StreamJudge.aside(row, position)))))
        .stream()
        .map(StreamFiles.Written::toAction)
        .toList();
  }

  private void addTiles(
      StreamTiles tiles,
      JavaRDD<StreamTiles.Share> shares,
      StreamFindings found,
      Account.Stream account,
      long[] versions) {
    if (spec.tiles.isEmpty()) {
      return;
    }
    if (found.accepted > 0) {
      long unused = tiles.put(shares, logId, account.position(), versions);
    }
    readable = Instant.now();
    long newest = account.newest() == null ? 0 : account.newest() + 1;
    for (int view = 0; view < spec.tiles.size(); view++) {
      Sink.Online online = spec.tiles.get(view).sink();
      StreamStores.of(spec.id, online.address())
          .mark(online.space(), new Stamp(logId, account.position(), versions[view], newest));
    }
  }

  /**
   * What the log says of the stream after the batches up to one; empty where it has none of them.
   */
  private Optional<Account.Stream> accountUpTo(long position) {
    return DeltaHistory.of(session, sink.path()).stream(position);
  }

  /**
   * Loads what an online store lacks of the batches before this one: all at first, or where it has
   * lost some.
   *
   * @return the log's version that each view was loaded from
   */
  private long[] requireStores(long position) {
    long[] versions = new long[spec.tiles.size()];
    for (int view = 0; view < versions.length; view++) {
      Sink.Online online = spec.tiles.get(view).sink();
      OnlineStore store = StreamStores.of(spec.id, online.address());
      Optional<Stamp> mark = store.mark(online.space());
      if (mark.filter(each -> each.holds(logId, position - 1)).isEmpty()) {
        load(follow.online().get(view), store, online);
        mark = store.mark(online.space());
      }
      versions[view] = mark.map(Stamp::version).orElse(0L);
    }
    return versions;
  }

  /**
   * Loads the online stores whose servers were started again during a batch. What they answered for
   * and had not on their disks is lost, and what came after it stands on that; the log has it all.
   */
  private void mendStores() {
    Map<Sink.OnlineAddress, List<String>> now = storeRuns();
    while (!now.equals(servers)) {
      for (int view = 0; view < spec.tiles.size(); view++) {
        Sink.Online online = spec.tiles.get(view).sink();
        if (!Objects.equals(now.get(online.address()), servers.get(online.address()))) {
          OnlineStore store = StreamStores.of(spec.id, online.address());
          load(follow.online().get(view), store, online);
        }
      }
      servers = now;
      now = storeRuns();
    }
  }

  private Map<Sink.OnlineAddress, List<String>> storeRuns() {
    Map<Sink.OnlineAddress, List<String>> runs = new HashMap<>();
    for (StreamSpec.Tiles tiles : spec.tiles) {
      runs.computeIfAbsent(
          tiles.sink().address(), address -> StreamStores.of(spec.id, address).runs());
    }
    return runs;
  }

  /** Loads a space from the log, whatever it was up to before. */
  private void load(Write write, OnlineStore store, Sink.Online online) {
    store.requireKeepsKeys(online.address().toString());
    store.unmark(online.space());
    Row newest =
        DeltaHistory.read(session, Location.DeltaTable.at(sink.path()))
            .agg(functions.max(functions.col(follow.eventTime())))
            .head();
    if (newest.isNullAt(0)) {
      Versions versions = new Versions(session, sources);
      Location.DeltaTable pinned =
          (Location.DeltaTable) versions.pinned(Location.DeltaTable.at(sink.path()));
      Stamp none = DeltaHistory.stamp(session, pinned, 0);
      store.sweepOfLog(online.space(), none);
      store.mark(online.space(), none);
      return;
    }
    Write load =
        StreamSpec.load(write, newest.getTimestamp(0).toInstant().plusNanos(1000), Instant.now());
    Versions versions = new Versions(session, sources);
    try (Compilation compilation = new Compilation(session, sources, versions, Instant.now())) {
      var unused = new OnlineSinkRun(session, versions).run(load, compilation);
    }
  }

  @Override
  public void drain() {
    ended(
        () -> {
          query().processAllAvailable();
          return null;
        });
  }

  @Override
  public void await() {
    ended(
        () -> {
          query().awaitTermination();
          return null;
        });
  }

  private static void ended(Callable<Void> wait) {
    Failures.explained(wait);
  }

  private StreamingQuery query() {
    return Objects.requireNonNull(query);
  }

  @Override
  public void close() {
    batchRuns.lock();
    try {
      query().stop();
    } catch (TimeoutException late) {
      throw new IllegalStateException("the stream did not stop", late);
    } finally {
      batchRuns.unlock();
    }
    session.streams().removeListener(progress);
    sideBySide.shutdown();
    checkpoints.shutdown();
    StreamStores.close(spec.id);
    StreamProgram.forget(spec);
    shipped.destroy();
  }

  /** Tells of each batch when Spark has counted it, and knows what the topic held beyond it. */
  private final class Progress extends StreamingQueryListener {
    @Override
    public void onQueryStarted(QueryStartedEvent event) {}

    @Override
    public void onQueryTerminated(QueryTerminatedEvent event) {}

    @Override
    public void onQueryProgress(QueryProgressEvent event) {
      if (query == null || !event.progress().id().equals(query().id())) {
        return;
      }
      Batch done = untold.remove(event.progress().batchId());
      if (done != null) {
        long behind =
            event.progress().sources().length == 0
                ? 0
                : behind(event.progress().sources()[0].metrics());
        listener.done(
            new Batch(
                done.position(),
                done.messages(),
                done.accepted(),
                done.setAside(),
                done.late(),
                done.seen(),
                done.newest(),
                done.took(),
                OptionalLong.of(behind),
                done.next(),
                done.readable()));
      }
    }

    private long behind(Map<String, String> metrics) {
      return (long) Double.parseDouble(metrics.getOrDefault("maxOffsetsBehindLatest", "0"));
    }
  }
}
