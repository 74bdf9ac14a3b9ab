package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.conformance.StreamCase;
import dev.millrace.pipelines.conformance.StreamCases;
import dev.millrace.pipelines.conformance.StreamTrial;
import dev.millrace.pipelines.core.Location;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.collection.immutable.Map$;

/** The cases of streams on Structured Streaming. */
@Timeout(120)
class StreamCasesTest {
  private static final int MOST_BYTES = 4 << 20;

  private static String brokers;
  private static SparkEngine engine;
  private static KafkaProducer<String, String> producer;

  @BeforeAll
  static void start() {
    scala.collection.immutable.Map<String, String> none = Map$.MODULE$.<String, String>empty();
    EmbeddedKafkaConfig free =
        EmbeddedKafkaConfig.apply(
            0,
            0,
            none.updated("offsets.topic.replication.factor", "1")
                .updated("message.max.bytes", Integer.toString(MOST_BYTES)),
            none,
            none);
    brokers = "localhost:" + EmbeddedKafka.start(free).config().kafkaPort();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers, "max.request.size", MOST_BYTES),
            new StringSerializer(),
            new StringSerializer());
    SparkSession session = TestSpark.ENGINE.session().newSession();
    session.conf().set("spark.millrace.kafka.main.bootstrap.servers", brokers);
    engine = SparkEngine.on(session);
  }

  @AfterAll
  static void stop() {
    engine.close();
    producer.close();
    EmbeddedKafka.stop();
  }

  static List<StreamCase> cases() {
    return StreamCases.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(StreamCase each, @TempDir Path dir) throws Exception {
    String topic = Objects.requireNonNull(dir.getFileName()).toString();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
    StreamTrial.Surroundings around =
        new StreamTrial.Surroundings() {
          @Override
          public void send(StreamTrial.Message message) throws Exception {
            RecordMetadata unused =
                producer.send(new ProducerRecord<>(topic, message.key(), message.value())).get();
          }

          @Override
          public void forget(long before) throws Exception {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
              admin
                  .deleteRecords(
                      Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
                  .all()
                  .get();
            }
          }

          @Override
          public void forgetTables() {
            DeltaLog.clearCache();
          }
        };
    Location.KafkaTopic location = new Location.KafkaTopic("main", topic, StreamTrial.messages());
    each.check().of(new StreamTrial(List.of(engine), location, around, dir));
  }
}
