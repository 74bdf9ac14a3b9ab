package dev.millrace.features;

import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A reader's own threads, and the reads that wait for one. */
final class AsyncReads implements AutoCloseable {
  private static final int MOST_WAITING = 10_000;
  private static final long IDLE_SECONDS = 60;

  /** A read and who waits for it. */
  private record Waiting<T>(Supplier<T> read, CompletableFuture<T> future) implements Runnable {
    @Override
    public void run() {
      try {
        future.complete(read.get());
      } catch (RuntimeException | Error failure) {
        future.completeExceptionally(failure);
      }
    }

    void fail(String why, String remedy) {
      future.completeExceptionally(MillraceException.because("Cannot read features", why, remedy));
    }
  }

  private final ThreadPoolExecutor threads;
  private final ThreadLocal<Boolean> isOwn = ThreadLocal.withInitial(() -> false);

  AsyncReads(int most) {
    this.threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            work -> {
              Thread thread = new Thread(() -> runOwn(work), "feature-reader");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  private void runOwn(Runnable work) {
    isOwn.set(true);
    work.run();
  }

  <T> CompletableFuture<T> start(Supplier<T> read) {
    Waiting<T> waiting = new Waiting<>(read, new CompletableFuture<>());
    try {
      threads.execute(waiting);
    } catch (RejectedExecutionException refused) {
      waiting.fail(
          threads.isShutdown() ? "the reader is closed" : MOST_WAITING + " reads wait already",
          threads.isShutdown() ? "Read before it is" : "Ask it less at once");
    }
    return waiting.future();
  }

  /**
   * Fails the reads that wait, and awaits the end of those that have begun; not from a thread of
   * its own, which would await itself.
   */
  @Override
  public void close() {
    threads.shutdown();
    List<Runnable> left = new ArrayList<>();
    threads.getQueue().drainTo(left);
    left.forEach(each -> ((Waiting<?>) each).fail("the reader was closed", "Read before it is"));
    if (isOwn.get()) {
      return;
    }
    try {
      while (!threads.awaitTermination(IDLE_SECONDS, TimeUnit.SECONDS)) {
        // Each read ends by itself, since tries and waits are bounded.
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
