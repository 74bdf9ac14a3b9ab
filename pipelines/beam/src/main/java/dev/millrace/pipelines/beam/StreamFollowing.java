package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.StoreUnavailableException;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.Micros;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.PipelineResult;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a runner follows. How far it is, the log and the stores say. Where a server of the
 * online store was started again, the stream is too: it loads the store from the log.
 */
final class StreamFollowing implements Following {
  private static final long LOOKING_MILLIS = 200;

  /** A pipeline that follows the stream, until it ends or another takes its place. */
  static final class Running {
    final StreamPlan plan;
    final StreamFeed feed;
    final PipelineResult result;
    final Optional<Account.Stream> before;
    final CompletableFuture<PipelineResult.State> end = new CompletableFuture<>();

    /**
     * Of a pipeline that runs.
     *
     * @param before what the stream was like when it began
     */
    Running(
        StreamPlan plan, StreamFeed feed, PipelineResult result, Optional<Account.Stream> before) {
      this.plan = plan;
      this.feed = feed;
      this.result = result;
      this.before = before;
    }
  }

  private final StreamStart start;
  private final Listener listener;
  private final TableHistory.Log log;
  private final Map<Sink.OnlineAddress, OnlineStore> stores = new HashMap<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "millrace stream");
            thread.setDaemon(true);
            return thread;
          });
  private final CompletableFuture<PipelineResult.State> end = new CompletableFuture<>();
  private volatile Running running;
  private volatile boolean isClosed;
  private Optional<Account.Stream> told;

  /** Starts a stream and follows it. */
  StreamFollowing(StreamStart start, Listener listener) {
    this.start = start;
    this.listener = listener;
    this.running = start.start(Map.of());
    this.log = DeltaLogFiles.of(running.plan.log().root());
    this.told = running.before;
    running.plan.spec().tiles.stream()
        .map(tiles -> tiles.sink().address())
        .distinct()
        .forEach(address -> stores.put(address, StreamPlan.connect(address)));
    watch(running);
    var unused =
        looks.scheduleWithFixedDelay(
            this::lookAgain, LOOKING_MILLIS, LOOKING_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void watch(Running of) {
    Thread waiting =
        new Thread(
            () -> {
              try {
                of.end.complete(of.result.waitUntilFinish());
              } catch (RuntimeException failure) {
                of.end.completeExceptionally(failure);
              }
              over(of);
            },
            "end of " + of.plan.name());
    waiting.setDaemon(true);
    waiting.start();
  }

  private synchronized void over(Running of) {
    if (of != running) {
      return;
    }
    if (!isClosed && isLost(of)) {
      mend();
      return;
    }
    try {
      end.complete(of.end.join());
    } catch (CompletionException failure) {
      end.completeExceptionally(failure);
    }
  }

  /** Whether a server was started again, and may lack what it answered for. */
  private boolean isLost(Running of) {
    try {
      return stores.entrySet().stream()
          .anyMatch(
              store ->
                  !Objects.equals(of.plan.servers().get(store.getKey()), store.getValue().runs()));
    } catch (StoreUnavailableException notYet) {
      return false;
    }
  }

  /** Puts another pipeline in the place of the one that runs, once that has ended. */
  private void mend() {
    Running before = running;
    try {
      if (!before.end.isDone()) {
        PipelineResult.State unused = before.result.cancel();
      }
      before.end.handle((state, failure) -> "ended").join();
      running = start.start(before.plan.servers());
      watch(running);
    } catch (IOException | RuntimeException failure) {
      end.completeExceptionally(failure);
    }
  }

  /** What the stream is like now. */
  private Optional<Account.Stream> now() {
    return TableHistory.of(log).stream(Long.MAX_VALUE);
  }

  /** Storage that does not answer now does so later; what else fails here ends the stream. */
  private void lookAgain() {
    try {
      look();
    } catch (UncheckedIOException notYet) {
      // The next look says what this one would have.
    } catch (RuntimeException failure) {
      end.completeExceptionally(failure);
    }
  }

  private synchronized void look() {
    if (!isClosed && !end.isDone() && isLost(running)) {
      mend();
    }
    Optional<Account.Stream> now = now();
    if (now.isEmpty() || now.equals(told)) {
      return;
    }
    Account.Stream after = now.get();
    long messages = after.messages() - told.map(Account.Stream::messages).orElse(0L);
    long accepted = after.accepted() - told.map(Account.Stream::accepted).orElse(0L);
    long late = after.late() - told.map(Account.Stream::late).orElse(0L);
    told = now;
    listener.done(
        new Batch(
            after.position(),
            messages,
            accepted,
            messages - accepted,
            late,
            0,
            Optional.ofNullable(after.newest()).map(Micros::instant),
            Duration.ZERO,
            behind(after.next()),
            after.next(),
            Instant.now()));
  }

  /** Brokers that do not answer now do so later; who looks goes on. */
  private OptionalLong behind(Map<Integer, Long> next) {
    try {
      return running.feed.behind(next);
    } catch (MillraceException unknown) {
      return OptionalLong.empty();
    }
  }

  private boolean isOnline(long position) {
    StreamPlan plan = running.plan;
    for (StreamSpec.Tiles tiles : plan.spec().tiles) {
      OnlineStore store = Objects.requireNonNull(stores.get(tiles.sink().address()));
      if (store
          .mark(tiles.sink().space())
          .filter(mark -> mark.holds(plan.logId(), position))
          .isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether all that the stream holds is where it belongs, as far as it says what that is.
   *
   * @throws MillraceException where the stream has ended
   */
  boolean isDrained() {
    if (end.isDone()) {
      await();
      throw ended(null);
    }
    Optional<Account.Stream> now = now();
    if (!isOnline(now.map(Account.Stream::position).orElse(0L))) {
      return false;
    }
    OptionalLong behind = behind(now.map(Account.Stream::next).orElse(Map.of()));
    return behind.isPresent()
        && behind.getAsLong() == 0
        && running.plan.hasAside(now.map(Account.Stream::position).orElse(0L));
  }

  @Override
  public void drain() {
    StreamFeed.requireEnd(start.stream());
    CountDownLatch done = new CountDownLatch(1);
    var waiting =
        looks.scheduleWithFixedDelay(
            () -> {
              if (isDrained()) {
                done.countDown();
              }
            },
            0,
            LOOKING_MILLIS,
            TimeUnit.MILLISECONDS);
    try {
      while (!done.await(1, TimeUnit.SECONDS)) {
        if (waiting.isDone()) {
          waiting.get();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return;
    } catch (ExecutionException failure) {
      throw ended(failure.getCause());
    } finally {
      waiting.cancel(false);
    }
    look();
  }

  @Override
  public void await() {
    try {
      if (end.get() == PipelineResult.State.FAILED) {
        throw ended(null);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException failure) {
      throw ended(failure.getCause());
    }
  }

  private MillraceException ended(@Nullable Throwable failure) {
    Optional<MillraceException> met = StreamFailures.last(running.plan);
    if (met.isPresent()) {
      return met.get();
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MillraceException explained) {
        return explained;
      }
    }
    return new MillraceException(
        new Problem(
            "The runner has stopped following " + running.plan.name(),
            failure == null
                ? "it says " + running.result.getState()
                : String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
            "Its log says more. Start the stream again: it goes on where the log is"),
        failure);
  }

  @Override
  public void close() {
    isClosed = true;
    looks.shutdownNow();
    try {
      synchronized (this) {
        if (!running.end.isDone()) {
          PipelineResult.State unused = running.result.cancel();
        }
      }
    } catch (IOException failure) {
      throw ended(failure);
    } finally {
      stores.values().forEach(OnlineStore::close);
    }
  }
}
