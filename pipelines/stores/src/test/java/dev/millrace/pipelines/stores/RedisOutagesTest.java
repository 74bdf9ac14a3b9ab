package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.stores.OnlineStore.Wanted;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are gone, slow, or come back. */
class RedisOutagesTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final Stamp STAMP = new Stamp(1, 1, 1, 1);

  @TempDir Path folder;

  private static RedisSettings settings(TestRedis redis, Map<String, String> settings) {
    return RedisSettings.of("127.0.0.1", redis.port(), settings, redis.settings());
  }

  private static byte[] key(int entity) {
    return ByteBuffer.allocate(4).putInt(entity).array();
  }

  @Test
  void aJobWritesThroughACrashAndLosesNothing() throws Exception {
    int entities = 30_000;
    CountDownLatch some = new CountDownLatch(5_000);
    // Unless told to write always, it answers for what it has in memory alone while a disk is slow.
    try (TestRedis redis = TestRedis.start(folder, "appendonly yes", "appendfsync always");
        OnlineStore store = OnlineStore.connect(RedisSettings.ofJob("127.0.0.1", redis.port()))) {
      CompletableFuture<Void> job =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < entities; i++) {
                  store.load("spend", key(i), STAMP, key(i), TTL);
                  some.countDown();
                }
                store.flush();
              });
      some.await();
      redis.kill();
      redis.startAgain();
      job.join();
      assertThat(store.entities("spend")).isEqualTo(entities);
      List<Optional<StoredEntity>> found =
          store.read(
              IntStream.range(0, entities).mapToObj(i -> new Wanted("spend", key(i))).toList());
      for (int i = 0; i < entities; i++) {
        assertThat(found.get(i).orElseThrow().value()).isEqualTo(StoredEntity.value(STAMP, key(i)));
      }
    }
  }

  @Test
  void aServerThatWasStartedAgainIsTold() throws Exception {
    try (TestRedis redis = TestRedis.start(folder, "appendonly yes");
        OnlineStore store = redis.store()) {
      store.mark("spend", STAMP);
      List<String> runs = store.runs();
      assertThat(store.runs()).isEqualTo(runs).hasSize(1).doesNotContain("");
      redis.kill();
      redis.startAgain();
      assertThat(store.runs()).hasSize(1).doesNotContainAnyElementsOf(runs);
      store.unmark("spend");
      assertThat(store.mark("spend")).isEmpty();
      assertThat(store.has("spend")).as("to its readers").isTrue();
      store.unmark("takings");
      assertThat(store.has("takings")).as("one that was lost").isFalse();
    }
  }

  @Test
  void connectionsOfBeforeACrashDoNotCountAsTries() throws Exception {
    try (TestRedis redis = TestRedis.start(folder, "appendonly yes", "appendfsync always");
        OnlineStore store = redis.store()) {
      store.mark("spend", STAMP);
      List<CompletableFuture<Optional<Stamp>>> reads = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        reads.add(CompletableFuture.supplyAsync(() -> store.mark("spend")));
      }
      reads.forEach(CompletableFuture::join);
      redis.kill();
      redis.startAgain();
      assertThat(store.mark("spend")).contains(STAMP);
    }
  }

  @Test
  void aServerThatIsGoneIsSaidToBe() throws Exception {
    try (TestRedis redis = TestRedis.start(folder);
        OnlineStore store = redis.store()) {
      redis.kill();
      assertThatThrownBy(() -> store.mark("spend"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              "Cannot use the Redis at 127.0.0.1:"
                  + redis.port()
                  + ": Connection refused (2 tries, 500 ms each). Check that it runs and that the"
                  + " address is right.");
      redis.startAgain();
      assertThat(store.mark("spend")).isEmpty();
    }
  }

  @Test
  void aServerThatIsSlowIsWaitedForThatLongAlone() throws Exception {
    try (TestRedis redis = TestRedis.start(folder);
        OnlineStore store =
            OnlineStore.connect(settings(redis, Map.of("timeout.ms", "100", "retries", "2")))) {
      redis.holdUp();
      try {
        assertThatThrownBy(() -> store.mark("spend"))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessage(
                "Cannot use the Redis at 127.0.0.1:"
                    + redis.port()
                    + ": Read timed out (3 tries, 100 ms each). Check that it runs and that the"
                    + " address is right.");
      } finally {
        redis.letGoOn();
      }
      assertThat(store.mark("spend")).isEmpty();
    }
  }

  @Test
  void moreCallersThanConnectionsAreToldSo() throws Exception {
    try (TestRedis redis = TestRedis.start(folder);
        OnlineStore store =
            OnlineStore.connect(
                settings(redis, Map.of("timeout.ms", "200", "retries", "0", "connections", "1")))) {
      redis.holdUp();
      try {
        List<CompletableFuture<Optional<Stamp>>> reads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          reads.add(
              CompletableFuture.supplyAsync(
                  () -> store.mark("spend"), each -> new Thread(each).start()));
        }
        List<String> messages = new ArrayList<>();
        for (CompletableFuture<Optional<Stamp>> read : reads) {
          messages.add(read.handle((found, failure) -> String.valueOf(failure)).join());
        }
        String prefix =
            "java.util.concurrent.CompletionException: "
                + StoreUnavailableException.class.getName()
                + ": Cannot use the Redis at 127.0.0.1:"
                + redis.port()
                + ": ";
        assertThat(messages)
            .contains(
                prefix
                    + "all its 1 connections are in use (1 tries, 200 ms each). Ask it less at"
                    + " once, or allow more with the setting connections.");
      } finally {
        redis.letGoOn();
      }
    }
  }

  @Test
  void aThreadThatIsToStopWaitsForNoConnection() throws Exception {
    try (TestRedis redis = TestRedis.start(folder);
        OnlineStore store =
            OnlineStore.connect(
                settings(redis, Map.of("timeout.ms", "1000", "connections", "1")))) {
      redis.holdUp();
      try {
        CompletableFuture<Optional<Stamp>> first =
            CompletableFuture.supplyAsync(
                () -> store.mark("spend"), each -> new Thread(each).start());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.mark("spend"))
            .isNotInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining(": the thread was interrupted. Ask again where");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(first.handle((found, failure) -> failure).join())
            .hasCauseInstanceOf(StoreUnavailableException.class);
      } finally {
        redis.letGoOn();
      }
    }
  }

  @Test
  void whatIsClosedSaysSo() throws Exception {
    try (TestRedis redis = TestRedis.start(folder);
        OnlineStore used = redis.store();
        OnlineStore unused = OnlineStore.at(settings(redis, Map.of()))) {
      for (OnlineStore store : List.of(used, unused)) {
        store.close();
        assertThatThrownBy(() -> store.mark("spend"))
            .isNotInstanceOf(StoreUnavailableException.class)
            .hasMessage(
                "Cannot use the Redis at 127.0.0.1:"
                    + redis.port()
                    + ": its connections were closed here. Use it before that.");
      }
    }
  }
}
