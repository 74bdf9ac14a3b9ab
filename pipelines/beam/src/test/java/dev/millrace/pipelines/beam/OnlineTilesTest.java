package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.PackedTiles;
import dev.millrace.transforms.window.Window;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

class OnlineTilesTest {
  private static final Instant START = Instant.parse("2001-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2001-01-03T00:00:00Z");
  private static final Schema SALES =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("spent", PrimitiveType.DOUBLE),
          new Column("sold_at", PrimitiveType.TIMESTAMP));

  @TempDir Path dir;
  private final BeamEngine engine = Direct.engine();
  private RedisServer server = server(0);
  private Sink.OnlineAddress address = new Sink.OnlineAddress("127.0.0.1", 0);

  private static RedisServer server(int port) {
    try {
      return RedisServer.newRedisServer()
          .port(port)
          .setting("bind 127.0.0.1")
          .setting("save \"\"")
          .build();
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  @BeforeEach
  void start() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server = server(port);
    server.start();
    address = new Sink.OnlineAddress("127.0.0.1", port);
  }

  @AfterEach
  void stop() throws IOException {
    server.stop();
  }

  private static Rows sales() {
    Random random = new Random(1);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add("shop " + random.nextInt(5));
      row.add(random.nextInt(20) == 0 ? null : random.nextGaussian() * 1e6);
      row.add(START.plusSeconds(random.nextInt(3 * 24 * 3600)));
      rows.add(row);
    }
    return new Rows(SALES, rows);
  }

  private static WindowAggregate tiles(Location location, Instant end) {
    List<WindowedFeature> features = new ArrayList<>();
    for (Window window : List.of(Window.hours(1), Window.days(1))) {
      for (String function : List.of("sum", "avg", "max")) {
        features.add(
            new WindowedFeature(
                function + "_" + window.name(),
                new AggregateCall(function, List.of("spent"), List.of()),
                window));
      }
    }
    Events events =
        new Events("the sales", new Scan(location, SALES), List.of("shop"), "sold_at", features);
    return new WindowAggregate(events, new Emit.Tiles(end));
  }

  private Write write(Instant end) {
    Location.DeltaTable log = Location.DeltaTable.at(dir.resolve("log").toString());
    return new Write(tiles(log, end), new Sink.Online(address, "sales@1", Duration.ofDays(8)));
  }

  private void log() {
    engine.hold("sales", sales());
    Write log =
        new Write(
            new Scan(new Location.Memory("sales"), SALES),
            Sink.Delta.whole(dir.resolve("log").toString()));
    assertThat(engine.run(log).rows()).isEqualTo(300);
  }

  /** What the local engine's tiles are, as the store packs them, by shop. */
  private static Map<String, byte[]> expected(Instant end) {
    Location sales = new Location.Memory("sales");
    Map<String, NavigableMap<Long, NavigableMap<Long, byte[]>>> tiles = new TreeMap<>();
    try (LocalEngine local = LocalEngine.empty().hold(sales, sales())) {
      for (List<@Nullable Object> row : local.collect(tiles(sales, end)).values()) {
        tiles
            .computeIfAbsent(String.valueOf(row.get(0)), none -> new TreeMap<>())
            .computeIfAbsent((Long) row.get(1), none -> new TreeMap<>())
            .put(Micros.of((Instant) row.get(2)), (byte[]) row.get(3));
      }
    }
    Map<String, byte[]> packed = new TreeMap<>();
    tiles.forEach((shop, ofShop) -> packed.put(shop, PackedTiles.pack(ofShop)));
    return packed;
  }

  private List<Optional<StoredEntity>> stored(List<String> shops) {
    try (OnlineStore store =
        OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()))) {
      return store.read(
          shops.stream()
              .map(
                  shop ->
                      new OnlineStore.Wanted(
                          "sales@1",
                          EntityKey.encode(List.of(SALES.column("shop")), List.of(shop))))
              .toList());
    }
  }

  @Test
  void anEntitysBytesAreThoseOfTheLocalEngine() {
    log();
    WriteReport report = engine.run(write(END));
    Map<String, byte[]> expected = expected(END);

    assertThat(report.rows()).isEqualTo(expected.size()).isEqualTo(5);
    List<Optional<StoredEntity>> stored = stored(List.copyOf(expected.keySet()));
    int next = 0;
    for (byte[] tiles : expected.values()) {
      assertThat(stored.get(next++).orElseThrow().value()).endsWith(tiles);
    }
  }

  @Test
  void aBadVerdictSweepsNothingWhereAllIsSetAside() {
    log();
    assertThat(engine.run(write(END)).rows()).isEqualTo(5);
    Location.DeltaTable log = Location.DeltaTable.at(dir.resolve("log").toString());
    Events all = tiles(log, END.plusSeconds(3600)).events();
    Node judged =
        new Expect(
            "the sales",
            all.rows(),
            List.of(
                Expectations.satisfies("shop = 'none'").orQuarantine(),
                Expectations.rowCount(1, Long.MAX_VALUE).orFail()),
            dir.resolve("aside").toString());
    Events none = new Events(all.definition(), judged, all.keys(), all.eventTime(), all.features());
    Write write =
        new Write(
            new WindowAggregate(none, new Emit.Tiles(END.plusSeconds(3600))),
            new Sink.Online(address, "sales@1", Duration.ofDays(8)));

    assertThatThrownBy(() -> engine.run(write))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Nothing was published");
    assertThat(stored(List.copyOf(expected(END).keySet()))).allMatch(Optional::isPresent);
  }

  @Test
  void anOlderStateDoesNotReplaceANewerOne() {
    log();
    assertThat(engine.run(write(END)).rows()).isEqualTo(5);
    assertThatThrownBy(() -> engine.run(write(END.minusSeconds(3600))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("an older state does not replace a newer one");
  }

  @Test
  void aServerThatRemovesKeysIsNotLoaded() {
    log();
    try (Jedis jedis = new Jedis(address.host(), address.port())) {
      jedis.configSet("maxmemory", "100mb");
      jedis.configSet("maxmemory-policy", "allkeys-lru");
      assertThatThrownBy(() -> engine.run(write(END)))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("it removes keys when it is short of memory");
      assertThat(jedis.dbSize()).isZero();
    }
  }

  @Test
  void aServerThatIsGoneIsSaidAtLaunch() throws IOException {
    log();
    server.stop();
    assertThatThrownBy(() -> engine.run(write(END)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(address.toString());
  }
}
