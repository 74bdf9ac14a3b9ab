package dev.millrace.registry;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** SHA-256 of parts, each digested while the next is read. */
final class OverlappedDigest {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "millrace-digest");
            thread.setDaemon(true);
            return thread;
          });

  private final MessageDigest sha256 = Content.sha256();
  private CompletableFuture<Void> before = CompletableFuture.completedFuture(null);
  private long size;

  /** The next part, which must not be changed any more. */
  void add(ByteBuffer part) {
    size += part.remaining();
    before.join();
    before = CompletableFuture.runAsync(() -> sha256.update(part), THREADS);
  }

  Digest digest() {
    before.join();
    return new Digest(HexFormat.of().formatHex(sha256.digest()), size);
  }
}
