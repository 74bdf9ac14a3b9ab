package dev.millrace.pipelines.beam;

import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.satisfies;
import static dev.millrace.transforms.expectation.Expectations.unique;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** A Kafka, a Redis, and a stream of visits between them. */
final class StreamBed implements AutoCloseable {
  static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");
  static final Instant AFTER = Instant.parse("2024-01-08T00:00:00Z");
  static final String SPACE = "visits@1";
  static final Schema LOG =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE),
          new Column("day", PrimitiveType.DATE));
  private static final int MOST_BYTES = 20_000_000;
  private static final long LOOKING_NANOS = 50_000_000;

  final String brokers;
  final Sink.OnlineAddress redis;
  private RedisServer server;
  private final KafkaProducer<byte[], byte[]> producer;

  StreamBed() throws IOException {
    scala.collection.immutable.Map<String, String> none =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    brokers =
        "localhost:"
            + EmbeddedKafka.start(
                    EmbeddedKafkaConfig.apply(
                        0,
                        0,
                        none.updated("message.max.bytes", Integer.toString(MOST_BYTES))
                            .updated("auto.create.topics.enable", "false")
                            .updated("offsets.topic.replication.factor", "1")
                            .updated("transaction.state.log.replication.factor", "1")
                            .updated("transaction.state.log.min.isr", "1"),
                        none,
                        none))
                .config()
                .kafkaPort();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers, "max.request.size", MOST_BYTES),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try (ServerSocket free = new ServerSocket(0)) {
      redis = new Sink.OnlineAddress("127.0.0.1", free.getLocalPort());
    }
    server = server();
    server.start();
  }

  private RedisServer server() throws IOException {
    return RedisServer.newRedisServer()
        .port(redis.port())
        .setting("bind 127.0.0.1")
        .setting("save \"\"")
        .build();
  }

  /** The online store is started again, and has lost all that it had. */
  void restartRedis() throws IOException {
    server.stop();
    server = server();
    server.start();
  }

  /** The option that says where Kafka is. */
  String connections() {
    return "--connections={\"kafka.main.bootstrap.servers\": \"" + brokers + "\"}";
  }

  void topic(String name, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(name, partitions, (short) 1)
                      .configs(Map.of("max.message.bytes", Integer.toString(MOST_BYTES)))))
          .all()
          .get();
    }
  }

  /** Has a topic's first partition forget its messages before an offset, as retention does. */
  void forget(String topic, long before) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  void send(String topic, @Nullable String key, byte @Nullable [] value) throws Exception {
    send(topic, key, value, null);
  }

  /**
   * Sends a message.
   *
   * @param time that it says it was sent at, in milliseconds; now where it is null
   */
  void send(String topic, @Nullable String key, byte @Nullable [] value, @Nullable Long time)
      throws Exception {
    byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    RecordMetadata unused =
        producer.send(new ProducerRecord<>(topic, null, time, bytes, value)).get();
  }

  void send(String topic, List<String> messages) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (String message : messages) {
      byte[] value = message.getBytes(StandardCharsets.UTF_8);
      sent.add(producer.send(new ProducerRecord<>(topic, value, value)));
    }
    for (Future<RecordMetadata> each : sent) {
      RecordMetadata unused = each.get();
    }
  }

  static String json(@Nullable String shop, Instant at, double spent) {
    String name = shop == null ? "null" : "\"" + shop + "\"";
    return "{\"shop\":%s,\"at\":\"%s\",\"spent\":%s}".formatted(name, at, spent);
  }

  /** Visits in the order of time but for some of them, and some of them twice. */
  static List<String> drawn(int count, long seed) {
    return drawn(count, seed, Duration.ofDays(6));
  }

  /**
   * The same.
   *
   * @param span from the first to the last
   */
  static List<String> drawn(int count, long seed, Duration span) {
    Random random = new Random(seed);
    List<String> messages = new ArrayList<>();
    long step = span.toMillis() / count;
    for (int i = 0; i < count; i++) {
      Instant at = FIRST.plusMillis(i * step + random.nextInt((int) step));
      messages.add(json("shop" + random.nextInt(7), at, random.nextGaussian() * 10));
      if (random.nextInt(100) == 0) {
        messages.add(messages.get(random.nextInt(messages.size())));
      }
    }
    for (int i = 0; i < count / 20; i++) {
      int at = random.nextInt(count - 60);
      Collections.swap(messages, at, at + random.nextInt(60));
    }
    return messages;
  }

  private static WindowedFeature feature(String function, List<String> inputs, Window window) {
    return new WindowedFeature(
        function + "_" + window.name(), new AggregateCall(function, inputs, List.of()), window);
  }

  static Events events(Path dir) {
    List<WindowedFeature> features = new ArrayList<>();
    for (Window window : List.of(Window.minutes(30), Window.hours(24), Window.days(3))) {
      for (String function : List.of("sum", "avg", "max")) {
        features.add(feature(function, List.of("spent"), window));
      }
    }
    features.add(feature("count", List.of("1"), Window.hours(1)));
    return new Events(
        "the visits",
        new Scan(Location.DeltaTable.at(dir.resolve("log").toString()), LOG),
        List.of("shop"),
        "at",
        features);
  }

  /** The stream of a topic of JSON, into a log, a quarantine and the store. */
  Follow follow(String topic, Path dir) {
    return follow(topic, dir, Messages.json().withKeys());
  }

  /**
   * The stream of a topic.
   *
   * @param more expectations
   */
  Follow follow(String topic, Path dir, Messages messages, Expectation... more) {
    return follow(new Location.KafkaTopic("main", topic, messages), dir, more);
  }

  /**
   * Any stream.
   *
   * @param more expectations
   */
  Follow follow(Location stream, Path dir, Expectation... more) {
    Schema raw =
        new Schema(
            List.of(
                LOG.column("shop"),
                LOG.column("at"),
                LOG.column("spent"),
                new Column(Messages.COLUMN, Messages.TYPE)));
    List<NamedExpression> columns = new ArrayList<>();
    raw.names().forEach(name -> columns.add(NamedExpression.column(name)));
    columns.add(new NamedExpression("day", "cast(at as date)"));
    Project rows = Project.of("visits", new Scan(stream, raw), columns, Optional.empty());
    List<Expectation> expected =
        new ArrayList<>(
            List.of(
                satisfies("message.error is null", "the message cannot be read").orQuarantine(),
                notNull("shop").orQuarantine(),
                notNull("at").orQuarantine(),
                between("spent", -100, 100).orQuarantine(),
                unique("shop", "at", "spent").orQuarantine()));
    expected.addAll(List.of(more));
    Expect held =
        new Expect(
            "visits", rows, expected, Sink.Delta.whole(dir.resolve("quarantine").toString()));
    Project kept =
        Project.of(
            "visits",
            held,
            LOG.names().stream().map(NamedExpression::column).toList(),
            Optional.empty());
    Sink.Delta log =
        new Sink.Delta(dir.resolve("log").toString(), List.of("day"), Optional.empty());
    Write online =
        new Write(
            new WindowAggregate(events(dir), new Emit.Tiles(Instant.EPOCH)),
            new Sink.Online(redis, SPACE, Duration.ofDays(8)));
    return new Follow(
        "visits",
        new Write(kept, log),
        "at",
        Duration.ofHours(73),
        Duration.ofHours(1),
        List.of(online));
  }

  /** The rows of the log. */
  static Rows log(BeamEngine batch, Path dir) {
    return batch.collect(new Scan(Location.DeltaTable.at(dir.resolve("log").toString()), LOG));
  }

  /** Where each row of the quarantine was, and why it is there. */
  static List<String> aside(BeamEngine batch, Path dir) {
    Scan quarantine =
        new Scan(
            Location.DeltaTable.at(dir.resolve("quarantine").toString()),
            new Schema(
                List.of(
                    new Column(Messages.COLUMN, Messages.TYPE),
                    new Column(
                        "reasons",
                        new dev.millrace.transforms.type.ArrayType(PrimitiveType.STRING)))));
    Project told =
        Project.of(
            "the quarantine",
            quarantine,
            List.of(
                new NamedExpression(
                    "told",
                    "concat(message.topic, ' ', coalesce(message.id, concat(cast(message.partition"
                        + " as string), ' ', cast(message.offset as string))), ': ', coalesce(message.error, 'null'),"
                        + " ' [', array_join(reasons, ', '), ']')")),
            Optional.empty());
    return batch.collect(told).values().stream().map(row -> String.valueOf(row.get(0))).toList();
  }

  /** Returns when the log and the quarantine have so many messages, and the store has them too. */
  void await(Path dir, long messages) {
    while (true) {
      Optional<Account.Stream> now =
          DeltaLogFiles.history(dir.resolve("log").toString()).stream(Long.MAX_VALUE);
      if (now.isPresent() && now.get().messages() >= messages) {
        awaitOnline(dir, now.get().position());
        return;
      }
      LockSupport.parkNanos(LOOKING_NANOS);
    }
  }

  /** Returns when the store says that it has a batch of the log. */
  void awaitOnline(Path dir, long position) {
    String id = DeltaBatches.to(dir.resolve("log").toString(), LOG, List.of("day")).id();
    long log = Digest.first64(id);
    try (OnlineStore store = OnlineStore.connect(RedisSettings.ofJob(redis.host(), redis.port()))) {
      while (store.mark(SPACE).filter(mark -> mark.holds(log, position)).isEmpty()) {
        LockSupport.parkNanos(LOOKING_NANOS);
      }
    }
  }

  /** The values of all features at a time as a batch over the log gives them, by shop. */
  static Map<String, List<@Nullable Object>> offline(BeamEngine batch, Path dir, Instant time) {
    Map<String, List<@Nullable Object>> values = new TreeMap<>();
    batch
        .collect(new WindowAggregate(events(dir), Emit.Every.once(time)))
        .values()
        .forEach(row -> values.put(String.valueOf(row.get(0)), row.subList(2, row.size())));
    return values;
  }

  /** The same, of the store. */
  Map<String, List<@Nullable Object>> online(Path dir, Iterable<String> shops, Instant time) {
    TileLayout layout = new TileLayout(events(dir).bind(0));
    Map<String, List<@Nullable Object>> values = new TreeMap<>();
    try (OnlineStore store = OnlineStore.connect(RedisSettings.ofJob(redis.host(), redis.port()))) {
      for (String shop : shops) {
        byte[] entity = EntityKey.encode(List.of(LOG.column("shop")), List.of(shop));
        StoredEntity stored =
            store.read(List.of(new OnlineStore.Wanted(SPACE, entity))).get(0).orElseThrow();
        values.put(shop, layout.present(Micros.of(time), stored.tiles(layout)));
      }
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    producer.close();
    server.stop();
    EmbeddedKafka.stop();
  }
}
