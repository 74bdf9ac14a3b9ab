package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.AsOfJoin;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

class WindowsTest {
  private static final Instant END = Instant.parse("2024-03-02T00:00:00Z");
  private static final List<WindowedFeature> FEATURES =
      List.of(
          new WindowedFeature("spent_1h", Aggregations.sum("spent"), Window.hours(1)),
          new WindowedFeature("avg_1d", Aggregations.avg("spent"), Window.days(1)),
          new WindowedFeature("visits_1d", Aggregations.count(), Window.days(1)));

  @TempDir Path dir;

  private static List<Row> rows() {
    return List.of(
        visit("a", "2024-03-01T10:00:00Z", 1e16),
        visit("a", "2024-03-01T10:30:00Z", 1.0),
        visit("a", "2024-03-01T10:45:00Z", -1e16),
        visit("a", "2024-03-01T11:00:00Z", null),
        visit("b", "2024-03-01T10:30:00Z", 7.0));
  }

  private Events events(Node visits) {
    return new Events("visits", visits, List.of("shop"), "at", FEATURES);
  }

  @Test
  void joinsWhatWasKnownBeforeEachTime() {
    Node visits = TestSpark.visits(dir.resolve("visits"), rows());
    Node spine =
        Project.of(
            "spine",
            TestSpark.visits(
                dir.resolve("spine"),
                List.of(
                    visit("a", "2024-03-01T10:00:00Z", 0.0),
                    visit("a", "2024-03-01T11:00:00Z", 1.0),
                    visit("a", "2024-03-01T11:00:01Z", 2.0),
                    visit("a", "2024-03-01T11:02:00Z", 3.0),
                    visit("c", "2024-03-01T11:02:00Z", 4.0),
                    visit(null, "2024-03-01T11:02:00Z", 5.0))),
            List.of(
                NamedExpression.column("shop"),
                NamedExpression.column("at"),
                new NamedExpression("n", "cast(spent as int)")),
            Optional.empty());
    Rows joined =
        ENGINE.collect(
            new AsOfJoin("labels", spine, "at", List.of(new AsOfJoin.Lookup("v", events(visits)))));
    assertThat(joined.schema().names())
        .containsExactly("shop", "at", "n", "v__spent_1h", "v__avg_1d", "v__visits_1d");
    assertThat(joined.values().stream().map(row -> row.subList(2, 6)))
        .containsExactlyInAnyOrder(
            Arrays.asList(0, null, null, 0L),
            Arrays.asList(1, 1.0, 1.0 / 3, 3L),
            Arrays.asList(2, 1.0, 1.0 / 3, 4L),
            Arrays.asList(3, 1.0 - 1e16, 1.0 / 3, 4L),
            Arrays.asList(4, null, null, 0L),
            Arrays.asList(5, null, null, 0L));
  }

  @Test
  void givesValuesAtRegularTimesWhileAWindowHoldsAnEvent() {
    Node visits = TestSpark.visits(dir.resolve("visits"), rows());
    Emit noons =
        new Emit.Every(
            Instant.parse("2024-03-01T00:00:00Z"),
            Instant.parse("2024-03-04T00:00:00Z"),
            Duration.ofHours(12).toNanos() / 1000);
    Rows values = ENGINE.collect(new WindowAggregate(events(visits), noons));
    assertThat(values.values())
        .containsExactlyInAnyOrder(
            Arrays.asList("a", Instant.parse("2024-03-01T12:00:00Z"), null, 1.0 / 3, 4L),
            Arrays.asList("a", Instant.parse("2024-03-02T00:00:00Z"), null, 1.0 / 3, 4L),
            Arrays.asList("b", Instant.parse("2024-03-01T12:00:00Z"), null, 7.0, 1L),
            Arrays.asList("b", Instant.parse("2024-03-02T00:00:00Z"), null, 7.0, 1L));
  }

  @Test
  void tilesInRedisGiveTheOfflineValues() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    RedisServer redis = RedisServer.newRedisServer().port(port).build();
    redis.start();
    try (OnlineStore store = OnlineStore.connect(RedisSettings.ofJob("localhost", port))) {
      Node visits = TestSpark.visits(dir.resolve("visits"), rows());
      Events events = events(visits);
      Sink.Online sink =
          new Sink.Online(
              new Sink.OnlineAddress("localhost", port), "visits@1", Duration.ofDays(8));
      Write load = new Write(new WindowAggregate(events, new Emit.Tiles(END)), sink);
      assertThat(ENGINE.run(load).rows()).isEqualTo(2);
      assertThat(ENGINE.run(load).rows()).isEqualTo(2);
      assertThat(store.entities("visits@1")).isEqualTo(2);

      byte[] key =
          EntityKey.encode(List.of(new Column("shop", PrimitiveType.STRING)), List.of("a"));
      StoredEntity stored =
          store.read(List.of(new OnlineStore.Wanted("visits@1", key))).get(0).orElseThrow();
      TileLayout layout = new TileLayout(events.bind(0));
      assertThat(layout.present(END.toEpochMilli() * 1000, stored.tiles(layout)))
          .containsExactly(null, 1.0 / 3, 4L);

      TestSpark.visits(dir.resolve("visits"), rows().subList(0, 4));
      assertThat(ENGINE.run(load).rows()).isEqualTo(1);
      assertThat(store.entities("visits@1")).isEqualTo(1);
    } finally {
      redis.stop();
    }
  }

  @Test
  void profilesAllRowsWithoutAKey() {
    Node visits = TestSpark.visits(dir.resolve("visits"), rows());
    Events all =
        new Events(
            "profile",
            visits,
            List.of(),
            "at",
            List.of(new WindowedFeature("rows", Aggregations.count(), Window.lifetime())));
    Rows values = ENGINE.collect(new WindowAggregate(all, Emit.Every.once(END)));
    assertThat(values.column("rows")).containsExactly(5L);
  }
}
