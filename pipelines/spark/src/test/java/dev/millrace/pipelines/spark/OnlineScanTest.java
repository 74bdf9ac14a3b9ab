package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.OnlineRead;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.window.Window;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

class OnlineScanTest {
  private static final Instant END = Instant.parse("2024-03-02T00:00:00Z");
  private static final int SLOTS = 16_384;

  @TempDir Path dir;
  private final List<RedisServer> servers = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (RedisServer server : servers) {
      server.stop();
    }
  }

  /** A node of a cluster listens at its port plus 10,000 as well. */
  private static int free() {
    Random random = new Random();
    while (true) {
      int port = 20_000 + random.nextInt(25_000);
      try (ServerSocket one = new ServerSocket(port);
          ServerSocket other = new ServerSocket(port + 10_000)) {
        return one.getLocalPort();
      } catch (IOException taken) {
        // Another, then.
      }
    }
  }

  private int start(String... settings) throws IOException {
    int port = free();
    Path folder = Files.createDirectory(dir.resolve("redis" + port));
    RedisServerBuilder builder =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("dir \"" + folder + "\"")
            .setting("save \"\"");
    Stream.of(settings).forEach(builder::setting);
    RedisServer server = builder.build();
    server.start();
    servers.add(server);
    return port;
  }

  private Events events(List<Row> rows) {
    return new Events(
        "visits",
        TestSpark.visits(dir.resolve("visits"), rows),
        List.of("shop"),
        "at",
        List.of(
            new WindowedFeature("spent_1d", Aggregations.sum("spent"), Window.days(1)),
            new WindowedFeature("visits_1d", Aggregations.count(), Window.days(1))));
  }

  private static OnlineRead read(Sink.OnlineAddress address, Events events, Instant time) {
    return new OnlineRead(address, "visits@1", events.bind(0), time);
  }

  private static void load(Sink.OnlineAddress address, Events events) {
    Object unused =
        ENGINE.run(
            new Write(
                new WindowAggregate(events, new Emit.Tiles(END)),
                new Sink.Online(address, "visits@1", Duration.ofDays(8))));
  }

  /** Rows with the last byte of the entity, which is its name's, in place of all of it. */
  private static List<List<Object>> named(Rows rows) {
    return rows.values().stream()
        .map(
            row -> {
              List<Object> named = new ArrayList<>(row);
              byte[] entity = (byte[]) row.get(0);
              named.set(0, Character.toString(entity[entity.length - 1]));
              return named;
            })
        .toList();
  }

  @Test
  void givesWhatAReaderGivesAndMarksWhatIsLaterOrEmpty() throws IOException {
    int port = start("user default off", "user loader on >secret ~* &* +@all");
    Sink.OnlineAddress address =
        new Sink.OnlineAddress("127.0.0.1", port, Map.of("user", "loader", "password", "secret"));
    Events events =
        events(
            List.of(
                visit("a", "2024-03-01T10:00:00Z", 2.0),
                visit("a", "2024-03-01T12:30:00Z", 1.0),
                visit("b", "2024-03-01T10:30:00Z", 7.0)));
    load(address, events);
    assertThat(named(ENGINE.online(read(address, events, END))))
        .containsExactlyInAnyOrder(
            Arrays.asList("a", END, false, 3.0, 2L), Arrays.asList("b", END, false, 7.0, 1L));
    Instant noon = Instant.parse("2024-03-02T12:00:00Z");
    assertThat(named(ENGINE.online(read(address, events, noon))))
        .containsExactlyInAnyOrder(
            Arrays.asList("a", END, false, 1.0, 1L), Arrays.asList("b", END, true, null, 0L));
    assertThat(named(ENGINE.online(read(address, events, END.minusSeconds(1)))))
        .containsExactlyInAnyOrder(
            Arrays.asList("a", END, false, null, null), Arrays.asList("b", END, false, null, null));
    Sink.OnlineAddress stranger =
        new Sink.OnlineAddress("127.0.0.1", port, Map.of("user", "loader", "password", "other"));
    assertThatThrownBy(() -> ENGINE.online(read(stranger, events, END)))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot use the Redis at 127.0.0.1:" + port + ": WRONGPASS");
  }

  @Test
  void aServerThatRemovesKeysIsNotLoaded() throws IOException {
    int port = start("maxmemory 100mb", "maxmemory-policy allkeys-lru");
    Sink.OnlineAddress address = new Sink.OnlineAddress("127.0.0.1", port, Map.of());
    Events events = events(List.of(visit("a", "2024-03-01T10:00:00Z", 2.0)));
    assertThatThrownBy(() -> load(address, events))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("it removes keys when it is short of memory");
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      assertThat(jedis.dbSize()).isZero();
    }
  }

  @Test
  void entitiesOfOneHashKeepAllTheirTiles() throws IOException {
    Sink.OnlineAddress address = new Sink.OnlineAddress("127.0.0.1", start(), Map.of());
    List<String> shops = KeyedPassTest.colliding(2);
    List<Row> rows = new ArrayList<>();
    for (int hour = 1; hour < 9; hour++) {
      for (String shop : shops) {
        rows.add(visit(shop, "2024-03-01T0" + hour + ":00:00Z", 1.0));
      }
    }
    Events events = events(rows);
    load(address, events);
    assertThat(ENGINE.online(read(address, events, END)).values())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row).endsWith(8.0, 8L));
  }

  @Test
  void readsEachEntityOfAClusterOnceWithAnyNumberOfTasks() throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ports.add(start("cluster-enabled yes"));
    }
    for (int i = 0; i < 3; i++) {
      try (Jedis jedis = new Jedis("127.0.0.1", ports.get(i))) {
        jedis.clusterAddSlots(IntStream.range(SLOTS * i / 3, SLOTS * (i + 1) / 3).toArray());
        jedis.clusterMeet("127.0.0.1", ports.get(0));
      }
    }
    for (int port : ports) {
      try (Jedis jedis = new Jedis("127.0.0.1", port)) {
        while (!jedis.clusterInfo().contains("cluster_state:ok")
            || jedis.clusterSlots().size() < 3) {
          Thread.onSpinWait();
        }
      }
    }
    Sink.OnlineAddress address =
        new Sink.OnlineAddress("127.0.0.1", ports.get(1), Map.of("cluster", "true"));
    List<Row> rows =
        IntStream.range(0, 700)
            .mapToObj(i -> visit("shop" + i, "2024-03-01T10:00:00Z", 1.0 * i))
            .toList();
    Events events = events(rows);
    load(address, events);
    try (OnlineStore store = OnlineStore.connect(OnlineLoad.settings(address))) {
      assertThat(store.entities("visits@1")).isEqualTo(rows.size());
    }
    for (int tasks = 1; tasks <= 7; tasks++) {
      OnlineRead read = read(address, events, END);
      assertThat(
              OnlineScan.rows(ENGINE.session(), read, tasks).collectAsList().stream()
                  .map(row -> row.getDouble(OnlineRead.BEFORE_VALUES))
                  .sorted())
          .isEqualTo(rows.stream().map(row -> row.getDouble(2)).sorted().toList());
    }
  }
}
