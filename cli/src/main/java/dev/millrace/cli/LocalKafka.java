package dev.millrace.cli;

import io.github.embeddedkafka.EmbeddedK;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafka$;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import scala.collection.immutable.Map$;

/** A real Kafka broker in this process, whose messages go with it. */
final class LocalKafka implements AutoCloseable {
  private final EmbeddedK broker;

  private LocalKafka(EmbeddedK broker) {
    this.broker = broker;
  }

  /** Starts it on a port that is free, with one topic. */
  static LocalKafka start(String topic, int partitions) {
    scala.collection.immutable.Map<String, String> none = Map$.MODULE$.<String, String>empty();
    EmbeddedKafkaConfig wanted = EmbeddedKafkaConfig.apply(0, 0, none, none, none);
    LocalKafka kafka = new LocalKafka(EmbeddedKafka.start(wanted));
    scala.util.Try<?> made =
        EmbeddedKafka$.MODULE$.createCustomTopic(topic, none, partitions, 1, kafka.broker.config());
    made.get();
    return kafka;
  }

  String address() {
    return "localhost:" + broker.config().kafkaPort();
  }

  @Override
  public void close() {
    broker.stop(true);
  }
}
