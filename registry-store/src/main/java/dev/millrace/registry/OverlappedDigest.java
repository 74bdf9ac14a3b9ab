package dev.millrace.registry;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** SHA-256 of parts, digested while the next ones are read. */
final class OverlappedDigest {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "millrace-digest");
            thread.setDaemon(true);
            return thread;
          });

  /** Parquet reads many parts at once, and none while it gives them out. */
  private static final int AHEAD = 8;

  private final Semaphore ahead = new Semaphore(AHEAD);
  private final MessageDigest sha256 = Content.sha256();
  private CompletableFuture<Void> before = CompletableFuture.completedFuture(null);
  private long size;

  /** The next part, which must not be changed any more. */
  void add(ByteBuffer part) {
    size += part.remaining();
    ahead.acquireUninterruptibly();
    before = before.thenRunAsync(() -> update(part), THREADS);
  }

  private void update(ByteBuffer part) {
    sha256.update(part);
    ahead.release();
  }

  Digest digest() {
    before.join();
    return new Digest(HexFormat.of().formatHex(sha256.digest()), size);
  }
}
