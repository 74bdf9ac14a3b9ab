package dev.millrace.pipelines.stores;

import static redis.clients.jedis.Protocol.Command.SET;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Entities that are loaded, many in a round trip; those are sent while the next ones are made. Of
 * one thread.
 */
final class LoadQueue implements AutoCloseable {
  private static final int ENTITIES_A_FLUSH = 500;
  private static final long BYTES_A_FLUSH = 16L << 20;

  /**
   * Sets a value unless a newer one of the same log is there. Numbers of a stamp are below 2^53, so
   * that Lua's doubles hold them.
   */
  private static final Redis.Script REPLACE =
      Redis.Script.of(
          """
      local old = redis.call('GETRANGE', KEYS[1], 0, 32)
      local new = ARGV[1]
      if #old == 33 and string.sub(old, 1, 9) == string.sub(new, 1, 9) then
        local p, v, e = struct.unpack('>i8i8i8', string.sub(old, 10, 33))
        local q, w, f = struct.unpack('>i8i8i8', string.sub(new, 10, 33))
        if q < p or (q == p and (w < v or (w == v and f < e))) then return 0 end
      end
      redis.call('SET', KEYS[1], new, 'PX', ARGV[2])
      return 1
      """);

  /** An entity that is to be loaded. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Loaded(byte[] key, byte[] value, byte[] millis) {
    Redis.Command ifAbsent() {
      return Redis.Command.of(SET, key, value, PX, millis, NX);
    }

    Redis.Command unlessNewer() {
      return Redis.Command.of(REPLACE, key, value, millis);
    }
  }

  private static final byte[] PX = ascii("PX");
  private static final byte[] NX = ascii("NX");

  private final Redis redis;
  private final List<Loaded> waiting = new ArrayList<>();
  private long bytesWaiting;

  /** What is on its way, while the next is made. */
  private Future<?> sending = CompletableFuture.completedFuture(null);

  private @Nullable ExecutorService sender;
  private boolean mostAreThere;
  private long leftNewer;

  LoadQueue(Redis redis) {
    this.redis = redis;
  }

  /** Adds a value that is to be set unless a newer one is there. */
  void add(byte[] key, byte[] value, byte[] millis) {
    waiting.add(new Loaded(key, value, millis));
    bytesWaiting += value.length;
    if (waiting.size() >= ENTITIES_A_FLUSH || bytesWaiting >= BYTES_A_FLUSH) {
      sendWaiting();
    }
  }

  /** Sends what waits, and returns when the servers have it all. */
  void flush() {
    sendWaiting();
    awaitSent();
  }

  private void sendWaiting() {
    awaitSent();
    List<Loaded> loaded = new ArrayList<>(waiting);
    waiting.clear();
    bytesWaiting = 0;
    if (sender == null) {
      sender = Executors.newSingleThreadExecutor(LoadQueue::daemon);
    }
    sending = sender.submit(() -> send(loaded));
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "millrace load");
    thread.setDaemon(true);
    return thread;
  }

  private void awaitSent() {
    try {
      sending.get();
    } catch (ExecutionException failed) {
      sending = CompletableFuture.completedFuture(null);
      throw failed.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(failed.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the load was stopped", stopped);
    }
  }

  /**
   * Where most are not there yet, a plain command that never replaces is tried first, since it is
   * several times cheaper.
   */
  private void send(List<Loaded> all) {
    List<Loaded> loaded = all;
    if (!mostAreThere) {
      List<@Nullable Object> set = redis.send(loaded.stream().map(Loaded::ifAbsent).toList());
      List<Loaded> there = new ArrayList<>();
      for (int i = 0; i < set.size(); i++) {
        if (set.get(i) == null) {
          there.add(loaded.get(i));
        }
      }
      mostAreThere = there.size() > loaded.size() / 2;
      loaded = there;
    }
    for (Object answer : redis.send(loaded.stream().map(Loaded::unlessNewer).toList())) {
      leftNewer += Long.valueOf(0).equals(answer) ? 1 : 0;
    }
  }

  /** How many were left as they are, since newer ones are there. */
  long leftNewer() {
    return leftNewer;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    if (sender != null) {
      sender.shutdownNow();
    }
  }
}
