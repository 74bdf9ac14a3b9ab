package dev.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.type.EntityKey;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** A Kafka, a Redis, and Spark between them. */
final class StreamBed implements AutoCloseable {
  static final int MOST_BYTES = 20_000_000;

  final SparkEngine engine = TestSpark.ENGINE;
  final Sink.OnlineAddress redis;
  private final RedisServer server;
  private final KafkaProducer<byte[], byte[]> producer;
  private final String brokers;

  StreamBed() throws IOException {
    scala.collection.immutable.Map<String, String> none =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    EmbeddedKafkaConfig config =
        EmbeddedKafkaConfig.apply(
            0,
            0,
            none.updated("message.max.bytes", Integer.toString(MOST_BYTES))
                .updated("auto.create.topics.enable", "false"),
            none,
            none);
    brokers = "localhost:" + EmbeddedKafka.start(config).config().kafkaPort();
    engine.session().conf().set("spark.millrace.kafka.main.bootstrap.servers", brokers);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers, "max.request.size", MOST_BYTES),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server = RedisServer.newRedisServer().port(port).build();
    server.start();
    redis = new Sink.OnlineAddress("localhost", port);
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

  /** Has a topic so many partitions. */
  void grow(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
    }
  }

  /** Has a topic be made anew, once the brokers have done away with it. */
  void topicAnew(String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.deleteTopics(List.of(topic)).all().get();
    }
    while (true) {
      try {
        topic(topic, 1);
        return;
      } catch (ExecutionException notYet) {
        assertThat(notYet).hasCauseInstanceOf(TopicExistsException.class);
        Thread.sleep(50);
      }
    }
  }

  void send(String topic, @Nullable String key, byte @Nullable [] value) throws Exception {
    byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, bytes, value));
    RecordMetadata unused = sent.get();
  }

  /** A message that says when it was sent. */
  void sendAt(Instant sent, String topic, String value) throws Exception {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    RecordMetadata unused =
        producer.send(new ProducerRecord<>(topic, null, sent.toEpochMilli(), bytes, bytes)).get();
  }

  /** Into a partition of choice. */
  void send(String topic, int partition, String key, String value) throws Exception {
    Future<RecordMetadata> sent =
        producer.send(
            new ProducerRecord<>(
                topic,
                partition,
                key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8)));
    RecordMetadata unused = sent.get();
  }

  /** Many at once. */
  void send(String topic, List<Map.Entry<String, String>> messages) {
    for (Map.Entry<String, String> message : messages) {
      Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(
                  topic,
                  message.getKey().getBytes(StandardCharsets.UTF_8),
                  message.getValue().getBytes(StandardCharsets.UTF_8)));
    }
    producer.flush();
  }

  /** Follows until all that is there is where it belongs; what each batch came to. */
  List<Following.Batch> drain(StreamJob job, Workspace workspace, Path checkpoint, long most) {
    List<Following.Batch> batches = new CopyOnWriteArrayList<>();
    try (Following following =
        engine.follow(
            job.plan(workspace, redis),
            FollowSettings.at(checkpoint.toString()).every(Duration.ZERO).atMost(most),
            batches::add)) {
      following.drain();
    }
    return batches;
  }

  /** Begins to follow, and stops. */
  void start(StreamJob job, Workspace workspace, Path checkpoint) {
    engine
        .follow(
            job.plan(workspace, redis),
            FollowSettings.at(checkpoint.toString()).every(Duration.ofHours(1)),
            batch -> {})
        .close();
  }

  /** What a view's values are offline at a time, by key. */
  Map<List<@Nullable Object>, List<@Nullable Object>> offline(
      FeatureView view, Workspace workspace, Instant time) {
    Engine.Rows rows =
        engine.collect(new WindowAggregate(view.events(workspace), Emit.Every.once(time)));
    int keys = view.entity().keys().size();
    Map<List<@Nullable Object>, List<@Nullable Object>> values = new HashMap<>();
    rows.values()
        .forEach(row -> values.put(row.subList(0, keys), row.subList(keys + 1, row.size())));
    return values;
  }

  /** The same, read from the online store. */
  Map<List<@Nullable Object>, List<@Nullable Object>> online(
      FeatureView view, Instant time, Iterable<? extends List<@Nullable Object>> entities) {
    return online(redis, view, time, entities);
  }

  /** The same of another store. */
  static Map<List<@Nullable Object>, List<@Nullable Object>> online(
      Sink.OnlineAddress store,
      FeatureView view,
      Instant time,
      Iterable<? extends List<@Nullable Object>> entities) {
    Map<List<@Nullable Object>, List<@Nullable Object>> values = new HashMap<>();
    try (FeatureReader reader =
        FeatureReader.connect(store, Duration.ofSeconds(5), List.of(view))) {
      for (List<@Nullable Object> entity : entities) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        for (int i = 0; i < entity.size(); i++) {
          keys.put(view.entity().keyNames().get(i), entity.get(i));
        }
        values.put(entity, new ArrayList<>(reader.read(keys, time).values().values()));
      }
    }
    return values;
  }

  /** What the online store holds of an entity of one text. */
  StoredEntity stored(FeatureView view, String entity) {
    try (OnlineStore store = OnlineStore.connect(RedisSettings.ofJob(redis.host(), redis.port()))) {
      byte[] key = EntityKey.encode(view.entity().keys(), List.of(entity));
      return store.read(List.of(new OnlineStore.Wanted(view.space(), key))).get(0).orElseThrow();
    }
  }

  /** The online store holds a view as if another release of Millrace had written it. */
  void storeAsAnotherRelease(FeatureView view) {
    byte[] form = {1};
    try (redis.clients.jedis.Jedis jedis =
        new redis.clients.jedis.Jedis(redis.host(), redis.port())) {
      for (byte[] key :
          jedis.keys(("millrace:" + view.space() + "*").getBytes(StandardCharsets.UTF_8))) {
        long unused = jedis.setrange(key, 0, form);
      }
    }
  }

  /** The online store loses all that it has. */
  void forget() {
    try (redis.clients.jedis.Jedis jedis =
        new redis.clients.jedis.Jedis(redis.host(), redis.port())) {
      String unused = jedis.flushAll();
    }
  }

  @Override
  public void close() throws IOException {
    producer.close();
    server.stop();
    EmbeddedKafka.stop();
  }
}
