package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.max;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.LONG;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.features.FeatureVector.Origin;
import dev.millrace.features.FeatureVector.ViewState;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.Stamp;
import dev.millrace.pipelines.stores.StoreUnavailableException;
import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.TileSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

class FeatureReaderTest {
  private static final Source PAYMENTS =
      Source.parquet("payments", "payments")
          .column("customer", STRING)
          .column("shop", LONG)
          .column("paid_at", TIMESTAMP)
          .column("amount", DOUBLE)
          .eventTime("paid_at")
          .build();

  private static FeatureView.Builder spend() {
    return FeatureView.named("spend")
        .entity(Entity.named("customer").key("customer", STRING))
        .from(PAYMENTS)
        .online(Duration.ofDays(8))
        .feature("total", sum("amount"), hours(1), days(7));
  }

  private static final FeatureView SPEND = spend().feature("payments", count(), hours(1)).build();

  /** The same view, of another meaning. */
  private static final FeatureView WIDER = spend().feature("most", max("amount"), hours(1)).build();

  private static final FeatureView TAKINGS =
      FeatureView.named("takings")
          .entity(Entity.named("shop").key("shop", LONG))
          .from(PAYMENTS)
          .online(Duration.ofDays(8))
          .feature("total", sum("amount"), hours(1))
          .build();

  private record Paid(Instant at, double amount) {}

  private static final Instant NOON = Instant.parse("2024-03-01T12:00:00Z");
  private static final List<Paid> PAID =
      List.of(
          new Paid(Instant.parse("2024-03-01T10:00:00Z"), 3.0),
          new Paid(Instant.parse("2024-03-01T11:30:00Z"), 2.0),
          new Paid(Instant.parse("2024-03-01T11:50:00Z"), 4.0));
  private static final Map<String, Object> A = Map.of("customer", "a", "shop", 7L);

  private RedisServer redis;
  private Sink.OnlineAddress address;

  @BeforeEach
  void startRedis() throws IOException {
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
    List.of(SPEND, TAKINGS).forEach(this::loaded);
  }

  @AfterEach
  void stopRedis() throws IOException {
    redis.stop();
  }

  private OnlineStore store() {
    return OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()));
  }

  /** Loads an entity's events, which are all before an end. */
  private void load(FeatureView view, Object key, List<Paid> events, Instant end) {
    TileLayout layout = new TileLayout(view.events(new Workspace("workspace")).bind(0));
    TileSet tiles = layout.tiles();
    for (Paid each : events) {
      // Both inputs that a view has: the amount, and 1 or the amount again.
      Object second = view.equals(WIDER) ? (Object) each.amount() : (Object) 1;
      tiles.add(Micros.of(each.at()), new GenericInternalRow(new Object[] {each.amount(), second}));
    }
    try (OnlineStore store = store()) {
      store.load(
          view.space(),
          EntityKey.encode(view.entity().keys(), List.of(key)),
          new Stamp(1, 0, Micros.of(end), Micros.of(end)),
          layout.none().with(tiles, Micros.of(end)),
          Duration.ofDays(8));
      store.flush();
    }
    loaded(view);
  }

  /** Says that a view is there, as a load does. */
  private void loaded(FeatureView view) {
    try (OnlineStore store = store()) {
      store.mark(view.space(), new Stamp(1, 0, 0, 0));
    }
  }

  private FeatureReaderBuilder at(String time) {
    return FeatureReader.over(address).clock(InstantSource.fixed(Instant.parse(time)));
  }

  private static Map<String, @Nullable Object> row(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return row;
  }

  private static final Map<String, @Nullable Object> AT_NOON =
      row(
          "spend__total_1h",
          6.0,
          "spend__total_7d",
          9.0,
          "spend__payments_1h",
          2L,
          "takings__total_1h",
          null);

  @Test
  void readsTheValuesOfNow() {
    load(SPEND, "a", PAID, NOON);
    try (FeatureReader reader = at("2024-03-01T12:45:00Z").views(SPEND, TAKINGS).connect()) {
      FeatureVector vector = reader.read(A);
      assertThat(vector)
          .isEqualTo(
              new FeatureVector(
                  row(
                      "spend__total_1h",
                      4.0,
                      "spend__total_7d",
                      9.0,
                      "spend__payments_1h",
                      1L,
                      "takings__total_1h",
                      null),
                  Instant.parse("2024-03-01T12:45:00Z"),
                  Map.of(
                      "spend",
                      new ViewState(Origin.FOUND, SPEND.version(), Optional.of(NOON)),
                      "takings",
                      new ViewState(Origin.NO_ENTITY, TAKINGS.version(), Optional.empty()))));
      assertThat(vector.values().keySet()).containsExactlyElementsOf(AT_NOON.keySet());
    }
  }

  @Test
  void aProducersClockAheadIsNoError() {
    load(SPEND, "a", PAID, NOON);
    try (FeatureReader reader = at("2024-03-01T11:59:58Z").views(SPEND, TAKINGS).connect()) {
      FeatureVector vector = reader.read(A);
      assertThat(vector.time()).isEqualTo(NOON);
      assertThat(vector.values()).isEqualTo(AT_NOON);
    }
  }

  @Test
  void refusesATimeBeforeTheLoad() {
    load(SPEND, "a", PAID, NOON);
    try (FeatureReader reader =
        FeatureReader.connect(address, Duration.ofSeconds(5), List.of(SPEND))) {
      assertThat(reader.read(A, NOON).values()).containsEntry("spend__total_1h", 6.0);
      assertThatThrownBy(() -> reader.read(A, NOON.minusMillis(1)))
          .hasMessage(
              "Cannot read feature view 'spend' at 2024-03-01T11:59:59.999Z: the online store was"
                  + " loaded up to 2024-03-01T12:00:00Z, and its tiles hold events until then."
                  + " Ask for that time or a later one, or read the offline table.");
    }
  }

  @Test
  void saysWhichKeysAreMissing() {
    try (FeatureReader reader = at("2024-03-01T12:00:00Z").views(SPEND, TAKINGS).connect()) {
      assertThatThrownBy(() -> reader.read(row("custmer", "a", "shop", 7L)))
          .hasMessage(
              "Cannot resolve key 'customer' in a read of entity 'customer': known are [custmer,"
                  + " shop]. Did you mean 'custmer'?");
      assertThatThrownBy(() -> reader.read(row("customer", null)))
          .isInstanceOf(DefinitionException.class)
          .hasMessage(
              """
              2 problems in a read:
                - Key 'customer' in a read of entity 'customer' is null: it names no entity. Give a value.
                - Cannot resolve key 'shop' in a read of entity 'shop': known are [customer].""");
      assertThatThrownBy(() -> reader.read(Map.of("customer", "a", "shop", "seven")))
          .hasMessage("'seven' is no value for key shop bigint. Give one of that type.");
    }
  }

  @Test
  void aBatchIsAsItsSingles() {
    load(SPEND, "a", PAID, NOON);
    load(SPEND, "b", PAID.subList(0, 2), NOON.minusSeconds(60));
    load(SPEND, "c", PAID, NOON.plusSeconds(60));
    load(TAKINGS, 7L, PAID.subList(2, 3), NOON);
    List<Map<String, Object>> requests = new ArrayList<>();
    for (String customer : List.of("a", "b", "c", "nobody", "a")) {
      for (long shop = 6; shop < 8; shop++) {
        requests.add(Map.of("customer", customer, "shop", shop));
      }
    }
    try (FeatureReader reader = at("2024-03-01T11:59:30Z").views(SPEND, TAKINGS).connect()) {
      List<FeatureVector> batch = reader.readAll(requests);
      assertThat(batch).isEqualTo(requests.stream().map(reader::read).toList());
      assertThat(batch.stream().map(FeatureVector::time))
          .containsExactly(
              NOON,
              NOON,
              NOON.minusSeconds(30),
              NOON,
              NOON.plusSeconds(60),
              NOON.plusSeconds(60),
              NOON.minusSeconds(30),
              NOON,
              NOON,
              NOON);
      Instant later = NOON.plusSeconds(3600);
      assertThat(reader.readAll(requests, later))
          .isEqualTo(requests.stream().map(each -> reader.read(each, later)).toList());
      assertThat(reader.readAll(List.of())).isEmpty();
    }
  }

  @Test
  void readsOnThreadsOfItsOwn() {
    load(SPEND, "a", PAID, NOON);
    try (FeatureReader reader = at("2024-03-01T12:00:00Z").views(SPEND, TAKINGS).connect()) {
      List<CompletableFuture<FeatureVector>> reads = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        reads.add(i % 2 == 0 ? reader.readAsync(A) : reader.readAsync(A, NOON));
      }
      FeatureVector expected = reader.read(A);
      for (CompletableFuture<FeatureVector> each : reads) {
        assertThat(each.join()).isEqualTo(expected);
      }
      assertThatThrownBy(() -> reader.readAsync(A, NOON.minusSeconds(1)).join())
          .hasCauseInstanceOf(MillraceException.class)
          .hasMessageContaining("Cannot read feature view 'spend' at 2024-03-01T11:59:59Z");
    }
  }

  @Test
  void closingFailsTheReadsThatWait() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      FeatureReader reader =
          FeatureReader.over(
                  new Sink.OnlineAddress(
                      "127.0.0.1", silent.getLocalPort(), Map.of("connections", "1")))
              .views(TAKINGS)
              .timeout(Duration.ofMillis(200))
              .defaults(row("takings__total_1h", -1.0))
              .connect();
      CompletableFuture<FeatureVector> begun = reader.readAsync(A);
      CompletableFuture<FeatureVector> waiting = reader.readAsync(A);
      while (silent.accept() == null) {
        Thread.onSpinWait();
      }
      reader.close();
      assertThat(begun.join().values()).isEqualTo(row("takings__total_1h", -1.0));
      assertThatThrownBy(waiting::join)
          .hasRootCauseMessage("Cannot read features: the reader was closed. Read before it is.");
      assertThatThrownBy(() -> reader.readAsync(A).join())
          .hasRootCauseMessage("Cannot read features: the reader is closed. Read before it is.");
    }
  }

  private FeatureReaderBuilder lenient() {
    return FeatureReader.over(address).views(TAKINGS).defaults(row("takings__total_1h", -1.0));
  }

  @Test
  void aClosedReaderSaysSo() {
    FeatureReader used = lenient().connect();
    assertThat(used.read(A).values()).isEqualTo(row("takings__total_1h", null));
    for (FeatureReader reader : List.of(used, lenient().connect())) {
      reader.close();
      reader.close();
      assertThatThrownBy(() -> reader.read(A))
          .hasMessage("Cannot read features: the reader is closed. Read before it is.");
    }
  }

  @Test
  void anInterruptedReadSaysSo() throws IOException {
    redis.stop();
    try (FeatureReader reader = lenient().connect()) {
      assertThat(reader.read(A).values()).isEqualTo(row("takings__total_1h", -1.0));
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> reader.read(A))
          .isNotInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              "Cannot use the Redis at "
                  + address
                  + ": the thread was interrupted. Ask again where that was not meant to stop it.");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void computesFeaturesOfTheRequest() {
    load(SPEND, "a", PAID, NOON);
    try (FeatureReader reader =
        at("2024-03-01T12:00:00Z")
            .views(SPEND, TAKINGS)
            .requestColumn("amount", DOUBLE)
            .requestColumn("note", STRING)
            .requestFeature("share", "amount / spend__total_7d")
            .requestFeature("label", "concat(note, '-', spend__payments_1h)")
            .requestFeature("new_shop", "takings__total_1h is null")
            .connect()) {
      Map<String, @Nullable Object> request = new HashMap<>(A);
      request.put("amount", 18.0);
      request.put("note", "n");
      Map<String, @Nullable Object> expected = new LinkedHashMap<>(AT_NOON);
      expected.put("share", 2.0);
      expected.put("label", "n-2");
      expected.put("new_shop", true);
      assertThat(reader.read(request).values()).isEqualTo(expected);

      request.put("note", null);
      expected.put("label", null);
      assertThat(reader.read(request).values()).isEqualTo(expected);

      request.put("amount", "much");
      assertThatThrownBy(() -> reader.read(request))
          .hasMessage(
              "In request column 'amount': Value 'much' is a String: the column is a double. Give"
                  + " what the column holds.");
      request.remove("amount");
      request.remove("note");
      assertThatThrownBy(() -> reader.read(request))
          .isInstanceOf(DefinitionException.class)
          .hasMessageContaining("Cannot resolve request column 'amount' in a read: known are [")
          .hasMessageContaining("Cannot resolve request column 'note' in a read: known are [");
      assertThat(reader.read(withAmount(0.0)).values()).containsEntry("share", 0.0);
    }
  }

  private static Map<String, @Nullable Object> withAmount(double amount) {
    Map<String, @Nullable Object> request = new HashMap<>(A);
    request.put("amount", amount);
    request.put("note", "n");
    return request;
  }

  @Test
  void saysAllThatDoesNotFit() {
    FeatureView offline =
        FeatureView.named("offline")
            .entity(SPEND.entity())
            .from(PAYMENTS)
            .feature("total", sum("amount"), hours(1))
            .build();
    FeatureReaderBuilder builder =
        FeatureReader.over(new Sink.OnlineAddress("redis", 6379, Map.of("retris", "1")))
            .views(SPEND, SPEND, offline, WIDER)
            .requestColumn("amount", DOUBLE)
            .requestColumn("amount", DOUBLE)
            .requestFeature("amount", "amount + 1")
            .requestFeature("share", "amount / spend__total_7")
            .requestFeature("many", "spend__payments_1h > 1")
            .defaults(row("spend__total_1h", "none", "spend__total_7d", 0.0, "spnd__most_1h", 1.0));
    assertThatThrownBy(builder::connect)
        .isInstanceOf(DefinitionException.class)
        .hasMessage(
            """
            10 problems in a feature reader:
              - Feature view 'spend' is given twice: both are version '%s'. Leave one out.
              - Feature view 'offline' is not online: the store holds nothing of it. Declare it online(...), or leave it out.
              - Request column 'amount' of a feature reader is there already: a value has one meaning. Rename one of them.
              - Request feature 'amount' of a feature reader is there already: a value has one meaning. Rename one of them.
              - Cannot resolve column 'spend__total_7' in 'amount / spend__total_7', request feature 'share' of a feature reader: known are [amount, spend__total_1h, spend__total_7d]. Did you mean 'spend__total_7d'?
              - Cannot resolve column 'spend__payments_1h' in 'spend__payments_1h > 1', request feature 'many' of a feature reader: known are [amount, spend__total_1h, spend__total_7d].
              - Default of 'spend__total_1h': Value 'none' is a String: the column is a double. Give what the column holds.
              - Cannot resolve value 'spnd__most_1h' in the defaults of a feature reader: known are [spend__total_1h, spend__total_7d, spend__payments_1h, spend__most_1h]. Did you mean 'spend__most_1h'?
              - The defaults of a feature reader lack [spend__most_1h, spend__payments_1h]: where the store does not answer, these would have no value. Declare each, or none to have an error then.
              - Cannot resolve setting 'retris' in the Redis at redis:6379: known are [user, password, tls, truststore, truststore.password, cluster, timeout.ms, retries, connections]. Did you mean 'retries'?"""
                .formatted(SPEND.version()));
  }

  @Test
  void aReaderOfNothingIsNone() {
    assertThatThrownBy(FeatureReader.over(address)::connect)
        .hasMessage("A feature reader has no view: there is nothing to read. Give it one.");
  }

  @Test
  void aStoreThatIsGoneIsAnErrorOrTheDefaults() throws IOException {
    load(SPEND, "a", PAID, NOON);
    Map<String, @Nullable Object> defaults =
        row("spend__total_1h", null, "spend__total_7d", 1.5, "spend__payments_1h", -1);
    try (FeatureReader strict = at("2024-03-01T12:00:00Z").views(SPEND).connect();
        FeatureReader lenient =
            at("2024-03-01T12:00:00Z")
                .views(SPEND)
                .defaults(defaults)
                .requestFeature("double", "2 * spend__total_7d")
                .connect()) {
      assertThat(lenient.read(A).values())
          .isEqualTo(
              row(
                  "spend__total_1h", 6.0,
                  "spend__total_7d", 9.0,
                  "spend__payments_1h", 2L,
                  "double", 18.0));
      redis.stop();
      assertThatThrownBy(() -> strict.read(A))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              "Cannot use the Redis at "
                  + address
                  + ": Connection refused (2 tries, 500 ms each). Check that it runs and that the"
                  + " address is right.");
      FeatureVector expected =
          new FeatureVector(
              row(
                  "spend__total_1h",
                  null,
                  "spend__total_7d",
                  1.5,
                  "spend__payments_1h",
                  -1L,
                  "double",
                  3.0),
              NOON,
              Map.of("spend", new ViewState(Origin.DEFAULTS, SPEND.version(), Optional.empty())));
      assertThat(lenient.read(A)).isEqualTo(expected);
      assertThat(lenient.readAll(List.of(A, A))).containsExactly(expected, expected);
      redis.start();
      // It has lost all, so that nothing is known of the entity.
      assertThat(lenient.read(A)).isEqualTo(expected);
      assertThatThrownBy(() -> strict.read(A))
          .isInstanceOf(MillraceException.class)
          .hasMessage(
              "Cannot read feature view 'spend' online: the store has nothing of its version "
                  + SPEND.version()
                  + ", or has lost it. Materialise it online, or start its stream, which loads it.");
      loaded(SPEND);
      assertThat(lenient.read(A).view("spend"))
          .isEqualTo(new ViewState(Origin.NO_ENTITY, SPEND.version(), Optional.empty()));
    }
  }

  @Test
  void anEntityOfAnotherReleaseIsAnErrorOrTheDefaultsAndOthersHaveTheirValues() {
    load(SPEND, "a", PAID, NOON);
    load(SPEND, "b", PAID, NOON);
    load(TAKINGS, 7L, PAID.subList(2, 3), NOON);
    byte[] form = {1};
    try (Jedis jedis = new Jedis(address.host(), address.port())) {
      byte[] key = EntityKey.encode(SPEND.entity().keys(), List.of("b"));
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(key);
      long unused = jedis.setrange(bytes("millrace:" + SPEND.space() + "/" + text), 0, form);
    }
    Map<String, Object> b = Map.of("customer", "b", "shop", 7L);
    Map<String, @Nullable Object> defaults =
        row(
            "spend__total_1h",
            null,
            "spend__total_7d",
            1.5,
            "spend__payments_1h",
            -1L,
            "takings__total_1h",
            9.0);
    try (FeatureReader strict = at("2024-03-01T12:00:00Z").views(SPEND, TAKINGS).connect();
        FeatureReader lenient =
            at("2024-03-01T12:00:00Z").views(SPEND, TAKINGS).defaults(defaults).connect()) {
      assertThatThrownBy(() -> strict.readAll(List.of(A, b)))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("the store holds it in another form");
      List<FeatureVector> read = lenient.readAll(List.of(A, b));
      assertThat(read.get(0)).isEqualTo(strict.read(A));
      assertThat(read.get(1).values())
          .isEqualTo(
              row(
                  "spend__total_1h",
                  null,
                  "spend__total_7d",
                  1.5,
                  "spend__payments_1h",
                  -1L,
                  "takings__total_1h",
                  4.0));
      assertThat(read.get(1).view("spend"))
          .isEqualTo(new ViewState(Origin.DEFAULTS, SPEND.version(), Optional.empty()));
      assertThat(read.get(1).view("takings").origin()).isEqualTo(Origin.FOUND);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aSlowStoreIsAnErrorThatNamesTheTime() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Sink.OnlineAddress slow =
          new Sink.OnlineAddress("127.0.0.1", silent.getLocalPort(), Map.of("retries", "2"));
      assertThatThrownBy(() -> FeatureReader.connect(slow, Duration.ofMillis(50), List.of(SPEND)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessage(
              "Cannot use the Redis at "
                  + slow
                  + ": Read timed out (3 tries, 50 ms each). Check that it runs and that the"
                  + " address is right.");
    }
  }

  @Test
  void readsTheVersionThatTheStoreHasChosen() {
    load(SPEND, "a", PAID, NOON);
    load(WIDER, "a", PAID, NOON);
    try (OnlineStore store = store();
        FeatureReader reader = at("2024-03-01T12:00:00Z").views(WIDER, SPEND).connect()) {
      assertThat(reader.read(A).view("spend").version()).isEqualTo(WIDER.version());
      store.choose("spend", SPEND.version());
      assertThat(reader.read(A).values())
          .isEqualTo(row("spend__total_1h", 6.0, "spend__total_7d", 9.0, "spend__payments_1h", 2L));
      store.choose("spend", WIDER.version());
      assertThat(reader.read(A).values())
          .isEqualTo(row("spend__total_1h", 6.0, "spend__total_7d", 9.0, "spend__most_1h", 4.0));
      assertThat(reader.readUnmoved(SPEND, List.of(A), NOON).get(0).orElseThrow())
          .isEqualTo(row("spend__total_1h", 6.0, "spend__total_7d", 9.0, "spend__payments_1h", 2L));
      store.choose("spend", "0badcafe");
      assertThatThrownBy(() -> reader.read(A))
          .hasMessage(
              "Cannot read version '0badcafe' of feature view 'spend': the store has chosen it,"
                  + " and this reader has ["
                  + WIDER.version()
                  + ", "
                  + SPEND.version()
                  + "]. Give the reader that version of the view too, or choose one that it has.");
    }
  }

  @Test
  void allOfAReadIsOfOneVersion() {
    for (String customer : List.of("a", "b")) {
      load(SPEND, customer, PAID, NOON);
      load(WIDER, customer, PAID, NOON);
    }
    Map<String, Set<String>> valuesOf =
        Map.of(
            SPEND.version(),
            Set.of("spend__total_1h", "spend__total_7d", "spend__payments_1h"),
            WIDER.version(),
            Set.of("spend__total_1h", "spend__total_7d", "spend__most_1h"));
    AtomicBoolean done = new AtomicBoolean();
    try (OnlineStore store = store();
        FeatureReader reader = at("2024-03-01T12:00:00Z").views(SPEND, WIDER).connect()) {
      CompletableFuture<Set<String>> reading =
          CompletableFuture.supplyAsync(
              () -> {
                Set<String> seen = new HashSet<>();
                while (!done.get()) {
                  List<FeatureVector> pair =
                      reader.readAll(List.of(Map.of("customer", "a"), Map.of("customer", "b")));
                  String version = pair.get(0).view("spend").version();
                  assertThat(pair.get(1)).isEqualTo(pair.get(0));
                  assertThat(pair.get(0).values().keySet()).isEqualTo(valuesOf.get(version));
                  seen.add(version);
                }
                return seen;
              });
      for (int i = 0; i < 1000 && !reading.isDone(); i++) {
        store.choose("spend", (i % 2 == 0 ? WIDER : SPEND).version());
      }
      done.set(true);
      assertThat(valuesOf.keySet()).containsAll(reading.join());
    }
  }
}
