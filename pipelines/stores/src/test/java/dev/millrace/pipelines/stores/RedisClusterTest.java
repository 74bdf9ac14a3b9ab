package dev.millrace.pipelines.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.stores.OnlineStore.Wanted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** A cluster of three. */
class RedisClusterTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final int SLOTS = 16_384;
  private static final int ENTITIES = 600;

  @TempDir static Path folder;
  private static final List<TestRedis> NODES = new ArrayList<>();

  @BeforeAll
  static void startCluster() throws IOException {
    for (int i = 0; i < 3; i++) {
      NODES.add(
          TestRedis.start(
              Files.createDirectory(folder.resolve("node" + i)), "cluster-enabled yes"));
    }
    for (int i = 0; i < NODES.size(); i++) {
      try (Jedis jedis = NODES.get(i).jedis()) {
        jedis.clusterAddSlots(IntStream.range(SLOTS * i / 3, SLOTS * (i + 1) / 3).toArray());
        jedis.clusterMeet("127.0.0.1", NODES.get(0).port());
      }
    }
    for (TestRedis node : NODES) {
      try (Jedis jedis = node.jedis()) {
        while (!jedis.clusterInfo().contains("cluster_state:ok")
            || jedis.clusterSlots().size() < NODES.size()) {
          Thread.onSpinWait();
        }
      }
    }
  }

  @AfterAll
  static void stopCluster() throws IOException {
    for (TestRedis node : NODES) {
      node.close();
    }
  }

  private static OnlineStore connect() {
    TestRedis any = NODES.get(1);
    return OnlineStore.connect(
        RedisSettings.of(
            "127.0.0.1",
            any.port(),
            Map.of("cluster", "true", "retries", "0"),
            RedisSettings.ofReader("127.0.0.1", any.port())));
  }

  private static byte[] key(int entity) {
    return ByteBuffer.allocate(4).putInt(entity).array();
  }

  private static List<Wanted> all(String space) {
    return IntStream.range(0, ENTITIES).mapToObj(i -> new Wanted(space, key(i))).toList();
  }

  private static void load(OnlineStore store, String space, long position) {
    for (int i = 0; i < ENTITIES; i++) {
      store.load(space, key(i), new Stamp(1, position, 0, 0), key(i), TTL);
    }
    store.flush();
  }

  private static void assertAllAreThere(OnlineStore store, String space, long position) {
    List<Optional<StoredEntity>> found = store.read(all(space));
    for (int i = 0; i < ENTITIES; i++) {
      assertThat(found.get(i).orElseThrow().value())
          .isEqualTo(StoredEntity.value(new Stamp(1, position, 0, 0), key(i)));
    }
  }

  @Test
  void keysLieOnAllNodesAndAreReadInOneCall() {
    try (OnlineStore store = connect()) {
      load(store, "spread", 1);
      load(store, "spread", 2);
      assertAllAreThere(store, "spread", 2);
      assertThat(store.entities("spread")).isEqualTo(ENTITIES);
      for (TestRedis node : NODES) {
        try (Jedis jedis = node.jedis()) {
          assertThat(jedis.keys("millrace:spread/*")).hasSizeBetween(1, ENTITIES - 2);
        }
      }
    }
  }

  @Test
  void sweepsAndClearsOnAllNodes() {
    try (OnlineStore store = connect()) {
      load(store, "swept", 1);
      for (int i = 0; i < 10; i++) {
        store.load("swept", key(i), new Stamp(1, 2, 0, 0), key(i), TTL);
      }
      store.flush();
      assertThat(store.sweep("swept", new Stamp(1, 2, 0, 0))).isEqualTo(ENTITIES - 10);
      assertThat(store.entities("swept")).isEqualTo(10);
      store.clear("swept");
      assertThat(store.entities("swept")).isZero();
    }
  }

  @Test
  void followsASlotToAnotherNodeWhileItMovesAndAfter() {
    try (OnlineStore store = connect()) {
      load(store, "moving", 1);
      assertAllAreThere(store, "moving", 1);
      byte[] key = OnlineStore.key("moving", key(0));
      int slot = JedisClusterCRC16.getSlot(key);
      int from =
          IntStream.range(0, 3).filter(i -> slot < SLOTS * (i + 1) / 3).findFirst().orElseThrow();
      TestRedis to = NODES.get((from + 1) % 3);
      try (Jedis source = NODES.get(from).jedis();
          Jedis target = to.jedis()) {
        String sourceId = id(source);
        String targetId = id(target);
        target.clusterSetSlotImporting(slot, sourceId);
        source.clusterSetSlotMigrating(slot, targetId);
        assertAllAreThere(store, "moving", 1);
        target.scriptFlush();
        source.migrate("127.0.0.1", to.port(), 0, 5000, new MigrateParams(), key);
        assertAllAreThere(store, "moving", 1);
        load(store, "moving", 2);
        assertAllAreThere(store, "moving", 2);
        target.clusterSetSlotNode(slot, targetId);
        source.clusterSetSlotNode(slot, targetId);
        load(store, "moving", 3);
        assertAllAreThere(store, "moving", 3);
        assertThat(store.entities("moving")).isEqualTo(ENTITIES);
      }
    }
  }

  private static String id(Jedis node) {
    return new String(
        (byte[]) node.sendCommand(Protocol.Command.CLUSTER, "MYID"), StandardCharsets.UTF_8);
  }

  @Test
  void whatOneThreadForgetsAnotherStillKnows() {
    TestRedis any = NODES.get(1);
    RedisSettings settings =
        RedisSettings.of(
            "127.0.0.1",
            any.port(),
            Map.of("cluster", "true", "retries", "1"),
            RedisSettings.ofReader("127.0.0.1", any.port()));
    List<Redis.Command> reads =
        IntStream.range(0, ENTITIES)
            .mapToObj(
                i -> Redis.Command.of(Protocol.Command.GET, OnlineStore.key("forgotten", key(i))))
            .toList();
    try (Redis redis = new Redis(settings)) {
      CompletableFuture<Void> forgetting =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 150; i++) {
                  assertThatThrownBy(() -> redis.onEachNode(RedisClusterTest::isAway))
                      .isInstanceOf(StoreUnavailableException.class);
                }
              });
      while (!forgetting.isDone()) {
        assertThat(redis.send(reads)).hasSize(ENTITIES).containsOnlyNulls();
        assertThat(redis.onEachNode(node -> 1)).hasSize(NODES.size());
      }
      forgetting.join();
    }
  }

  private static int isAway(Jedis node) {
    throw new JedisConnectionException("away");
  }

  @Test
  void aNodeThatIsTakenForAServerOfItsOwnSaysSo() {
    try (OnlineStore store =
        OnlineStore.at(RedisSettings.ofReader("127.0.0.1", NODES.get(0).port()))) {
      assertThatThrownBy(() -> store.read(all("spread")))
          .hasMessage(
              "Cannot use the Redis at 127.0.0.1:"
                  + NODES.get(0).port()
                  + ": it is a node of a cluster. Set cluster to true.");
    }
  }
}
