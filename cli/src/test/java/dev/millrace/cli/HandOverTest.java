package dev.millrace.cli;

import dev.millrace.pipelines.conformance.StreamCase;
import dev.millrace.pipelines.conformance.StreamCases;
import dev.millrace.pipelines.conformance.StreamTrial;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.spark.SparkEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** A log that one engine's stream wrote is gone on with by the other's, as if it were its own. */
class HandOverTest {
  @TempDir static Path folder;

  private static LocalKafka kafka;
  private static Home home;
  private static SparkEngine spark;
  private static EngineOptions.Opened beam;

  @BeforeAll
  static void start() {
    System.setProperty("millrace.pipelines", "../pipelines");
    kafka = LocalKafka.start("unused", 1);
    home = Home.claim(folder);
    spark = home.engine(Map.of("spark.millrace.kafka.main.bootstrap.servers", kafka.address()));
    EngineOptions options =
        CommandLine.populateCommand(
            new EngineOptions(), "--engine=BEAM", "--runner=DIRECT", "--", "--targetParallelism=2");
    beam = options.open(home, Map.of("kafka.main.bootstrap.servers", kafka.address()));
  }

  @AfterAll
  static void stop() {
    beam.close();
    spark.close();
    home.close();
    kafka.close();
  }

  static List<Arguments> cases() {
    return StreamCases.ofSeveralStarts().stream()
        .flatMap(each -> Stream.of(Arguments.of("Spark", each), Arguments.of("Beam", each)))
        .toList();
  }

  @ParameterizedTest(name = "{0} first: {1}")
  @MethodSource("cases")
  void holds(String first, StreamCase each, @TempDir Path dir) throws Exception {
    String topic = Objects.requireNonNull(dir.getFileName()).toString();
    Engine other = beam.or(spark);
    try (Around around = new Around(kafka.address(), topic)) {
      each.check()
          .of(
              new StreamTrial(
                  first.equals("Spark") ? List.of(spark, other) : List.of(other, spark),
                  new Location.KafkaTopic("main", topic, StreamTrial.messages()),
                  around,
                  dir));
    }
  }

  /** A topic, and the tables as Spark remembers them. */
  private static final class Around implements StreamTrial.Surroundings, AutoCloseable {
    private final String topic;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;

    Around(String brokers, String topic) throws Exception {
      this.topic = topic;
      this.admin = Admin.create(Map.of("bootstrap.servers", brokers));
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
      this.producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer());
    }

    @Override
    public void send(StreamTrial.Message message) throws Exception {
      RecordMetadata unused =
          producer.send(new ProducerRecord<>(topic, message.key(), message.value())).get();
    }

    @Override
    public void forget(long before) throws Exception {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }

    @Override
    public void forgetTables() {
      DeltaLog.clearCache();
    }

    @Override
    public void close() {
      producer.close();
      admin.close();
    }
  }
}
