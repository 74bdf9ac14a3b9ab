package dev.millrace.registry;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks where they are given. Iceberg hands the few small files of a commit to other threads
 * and looks every 10 ms whether they are done, which takes longer than doing it.
 */
final class InThisThread extends AbstractExecutorService {
  static final InThisThread EXECUTOR = new InThisThread();

  private InThisThread() {}

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  /** It holds nothing that could be shut down. */
  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }
}
