package dev.millrace.pipelines.stores;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to a topic as they come, each once while the brokers answer; what is replayed into
 * a stream goes this way.
 */
public final class TopicFeed implements AutoCloseable {
  /**
   * A message that the topic has.
   *
   * @param sent when it was handed to Kafka
   */
  public record Sent(int partition, long offset, Instant sent) {}

  private final Topic topic;
  private final Producer<String, String> producer;
  private final List<Sent> sent = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final boolean remembers;

  private TopicFeed(Topic topic, boolean remembers) {
    this.topic = topic;
    this.remembers = remembers;
    this.producer =
        new KafkaProducer<>(topic.clientSettings(), new StringSerializer(), new StringSerializer());
  }

  /**
   * Opens it.
   *
   * @param remembers whether {@link #sent} is asked for
   */
  public static TopicFeed of(Topic topic, boolean remembers) {
    topic.requireThere();
    return new TopicFeed(topic, remembers);
  }

  /** Sends a message soon. */
  public void send(Topic.Message message) {
    Instant now = Instant.now();
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(topic.name(), message.key(), message.value()),
            (place, failed) -> {
              if (failed != null) {
                failure.compareAndSet(null, failed);
              } else if (remembers) {
                sent.add(new Sent(place.partition(), place.offset(), now));
              }
            });
  }

  /**
   * Returns when the topic has all that was sent.
   *
   * @throws dev.millrace.transforms.problem.MillraceException where it has not
   */
  public void flush() {
    producer.flush();
    @Nullable Exception failed = failure.get();
    if (failed != null) {
      throw topic.unreachable("send to", new KafkaException(failed));
    }
  }

  /** Where the messages are. */
  public List<Sent> sent() {
    return sent;
  }

  @Override
  public void close() {
    producer.close();
  }
}
