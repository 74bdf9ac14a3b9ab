package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.collectDistinct;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.last;
import static dev.millrace.transforms.aggregation.Aggregations.lastK;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.window.Window.days;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

class OnlineAuditTest {
  private static final Instant NOON = Instant.parse("2024-01-02T12:00:00Z");
  private static final Duration TTL = Duration.ofDays(8);

  @TempDir Path dir;
  private final SparkEngine engine = TestSpark.ENGINE;
  private Workspace workspace;
  private FeatureView view;
  private RedisServer redis;
  private Sink.OnlineAddress address;

  /** Two shops. */
  @BeforeEach
  void load() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      address = new Sink.OnlineAddress("127.0.0.1", free.getLocalPort());
    }
    redis =
        RedisServer.newRedisServer()
            .port(address.port())
            .bind("127.0.0.1")
            .setting("save \"\"")
            .build();
    redis.start();
    workspace = new Workspace(dir.resolve("workspace").toString());
    Visits visits = new Visits(dir.resolve("visits"));
    visits.write(
        engine,
        List.of(
            Visits.visit("a", Instant.parse("2024-01-02T10:00:00Z"), 1.0),
            Visits.visit("a", Instant.parse("2024-01-02T11:00:00Z"), 2.0),
            Visits.visit("b", Instant.parse("2024-01-02T11:00:00Z"), 4.0)),
        1);
    Object unused = new IngestJob(visits.source()).run(engine, workspace);
    load(
        habits(visits.source())
            .feature("visits", count(), days(1))
            .feature("spent", sum("spent"), days(1))
            .build());
  }

  private static FeatureView.Builder habits(Source source) {
    return FeatureView.named("habits")
        .entity(Entity.named("shop").key("shop", STRING))
        .from(source)
        .online(TTL);
  }

  private void load(FeatureView loaded) {
    view = loaded;
    MaterializeJob job =
        new MaterializeJob(
            view, new Schedule(NOON.minus(Duration.ofHours(12)), NOON, Duration.ofHours(1)));
    assertThat(engine.run(job.onlinePlan(workspace, address).orElseThrow()).rows()).isEqualTo(2);
  }

  @AfterEach
  void stop() throws IOException {
    redis.stop();
  }

  private OnlineAudit.Report audit(double share) throws Exception {
    try (FeatureReader reader =
        FeatureReader.connect(address, Duration.ofSeconds(5), List.of(view))) {
      return new OnlineAudit(view, NOON, share).run(engine, workspace, reader);
    }
  }

  private byte[] entity(String shop) {
    return EntityKey.encode(view.entity().keys(), List.of(shop));
  }

  /** Gives a shop the tiles of another, as of some time. */
  private void copy(String from, String to, Instant end) {
    try (OnlineStore store =
        OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()))) {
      var found = store.read(List.of(new OnlineStore.Wanted(view.space(), entity(from)))).get(0);
      TileLayout layout = new TileLayout(view.events(workspace).bind(0));
      byte[] tiles = found.orElseThrow().merged(layout);
      store.load(view.space(), entity(to), new Stamp(9, 9, 9, Micros.of(end)), tiles, TTL);
      store.flush();
    }
  }

  @Test
  void findsNothingWhereStoreAndLogAreEqual() throws Exception {
    for (double share : new double[] {1, 0.999999}) {
      OnlineAudit.Report report = audit(share);
      assertThat(report).isEqualTo(new OnlineAudit.Report(NOON, 2, 4, 0, 0, List.of()));
      assertThat(report.isEqual()).isTrue();
    }
  }

  @Test
  void namesEachValueThatDiffers() throws Exception {
    copy("a", "b", NOON);
    for (double share : new double[] {1, 0.999999}) {
      OnlineAudit.Report report = audit(share);
      Map<String, Object> shop = Map.of("shop", "b");
      assertThat(report.differences())
          .containsExactly(
              new OnlineAudit.Difference(shop, "visits_1d", 2L, 1L),
              new OnlineAudit.Difference(shop, "spent_1d", 3.0, 4.0));
      assertThat(report.isEqual()).isFalse();
    }
  }

  @Test
  void anEntityThatIsGoneDiffers() throws Exception {
    try (OnlineStore store =
        OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()))) {
      store.clear(view.space());
    }
    for (double share : new double[] {1, 0.999999}) {
      assertThat(audit(share).differences())
          .containsExactlyInAnyOrder(
              new OnlineAudit.Difference(Map.of("shop", "a"), "visits_1d", 0L, 2L),
              new OnlineAudit.Difference(Map.of("shop", "a"), "spent_1d", null, 3.0),
              new OnlineAudit.Difference(Map.of("shop", "b"), "visits_1d", 0L, 1L),
              new OnlineAudit.Difference(Map.of("shop", "b"), "spent_1d", null, 4.0));
    }
  }

  @Test
  void leavesOutWhatHasEventsSince() throws Exception {
    copy("a", "b", NOON.plusSeconds(1));
    for (double share : new double[] {1, 0.999999}) {
      assertThat(audit(share)).isEqualTo(new OnlineAudit.Report(NOON, 1, 2, 1, 0, List.of()));
    }
  }

  @Test
  void bytesAreComparedByWhatTheyAre() throws Exception {
    String bytes = "cast(cast(spent as string) as binary)";
    load(
        habits(view.source())
            .feature("last", last(bytes), days(1))
            .feature("all", lastK(bytes, 2), days(1))
            .feature("kinds", collectDistinct(bytes, 5), days(1))
            .build());
    for (double share : new double[] {1, 0.999999}) {
      assertThat(audit(share)).isEqualTo(new OnlineAudit.Report(NOON, 2, 6, 0, 0, List.of()));
    }
    copy("a", "b", NOON);
    List<OnlineAudit.Difference> differences = audit(1).differences();
    assertThat(differences)
        .extracting(OnlineAudit.Difference::value)
        .containsExactly("last_1d", "all_1d", "kinds_1d");
    assertThat(differences.get(0))
        .asString()
        .startsWith("last_1d of {shop=b}: 0x")
        .endsWith(" online, 0x342e30 offline");
  }

  @Test
  void anEntityThatIsNewSinceIsNotUnknown() throws Exception {
    load(habits(view.source()).feature("visits", count(), Window.lifetime()).build());
    copy("a", "new", NOON.plusSeconds(600));
    assertThat(audit(1)).isEqualTo(new OnlineAudit.Report(NOON, 2, 2, 0, 0, List.of()));
  }

  @Test
  void countsWhatTheLogDoesNotKnow() throws Exception {
    copy("a", "c", NOON);
    OnlineAudit.Report report = audit(1);
    assertThat(report).isEqualTo(new OnlineAudit.Report(NOON, 2, 4, 0, 1, List.of()));
    assertThat(report.isEqual()).isFalse();
  }
}
