package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream that the Beam engine in its own process follows: it is asked how it is. */
final class ProcessFollowing implements Following {
  private static final long LOOKING_MILLIS = 200;

  private final BeamProcess process;
  private final Location stream;
  private final Listener listener;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "millrace stream");
            thread.setDaemon(true);
            return thread;
          });
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable RuntimeException failure;
  private volatile CountDownLatch drained = new CountDownLatch(1);

  ProcessFollowing(BeamProcess process, Location stream, Listener listener) {
    this.process = process;
    this.stream = stream;
    this.listener = listener;
    var unused =
        looks.scheduleWithFixedDelay(
            this::look, LOOKING_MILLIS, LOOKING_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      StreamNews news = process.look();
      news.batches().forEach(done -> listener.done(done.batch()));
      if (news.isDrained()) {
        drained.countDown();
      }
    } catch (RuntimeException failed) {
      failure = failed;
      ended.countDown();
      drained.countDown();
      looks.shutdown();
    }
  }

  @Override
  public void drain() {
    StreamFeed.requireEnd(stream);
    CountDownLatch done = new CountDownLatch(1);
    drained = done;
    if (failure != null) {
      done.countDown();
    }
    await(done);
  }

  @Override
  public void await() {
    await(ended);
  }

  private void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    @Nullable RuntimeException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
    ended.countDown();
    if (failure == null) {
      process.stop();
    }
  }
}
