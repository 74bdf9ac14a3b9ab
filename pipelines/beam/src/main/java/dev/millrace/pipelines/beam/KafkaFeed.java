package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.stores.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.joda.time.Instant;

/** A topic of Kafka, which is read from where the log is on. */
final class KafkaFeed implements StreamFeed {
  private final Location.KafkaTopic of;
  private final Map<String, String> settings;
  private final Topic topic;

  KafkaFeed(Location.KafkaTopic of, PipelineOptions options) {
    this.of = of;
    this.settings = Connections.of(options, "kafka", of.connection(), "bootstrap.servers");
    this.topic = new Topic(settings, of.topic());
  }

  static RawMessage raw(KafkaRecord<byte[], byte[]> message, Instant read) {
    Object[] columns = {
      UTF8String.fromString(message.getTopic()),
      message.getPartition(),
      message.getOffset(),
      null,
      null,
      message.getKV().getKey(),
      message.getKV().getValue()
    };
    // The sender's clock may be wrong, as that of the rows themselves.
    long sent = Math.min(message.getTimestamp(), read.getMillis());
    return new RawMessage(new GenericInternalRow(columns), sent, null);
  }

  @Override
  public Messages messages() {
    return of.messages();
  }

  @Override
  public String name() {
    return "topic '" + of.topic() + "'";
  }

  @Override
  public boolean hasOffsets() {
    return true;
  }

  @Override
  public void requireThere() {
    topic.requireThere();
  }

  @Override
  public Map<Integer, Long> beginnings(Map<Integer, Long> next, boolean acceptsLoss) {
    return topic.beginnings(next, acceptsLoss);
  }

  @Override
  public void follow(Pipeline pipeline, StreamPlan plan, Map<Integer, Long> beginnings) {
    String consumers = "millrace." + plan.logId() + "." + java.time.Instant.now().toEpochMilli();
    topic.begin(consumers, beginnings);
    Map<String, Object> consumer = new HashMap<>(settings);
    consumer.put("group.id", consumers);
    consumer.put("enable.auto.commit", false);
    // Where retention passes what is not read yet, the stream ends, and does not jump.
    consumer.put("auto.offset.reset", "none");
    consumer.put("isolation.level", "read_committed");
    consumer.put("max.poll.records", 2_000);
    var unused =
        pipeline
            .apply(
                "Read " + of.topic(),
                KafkaIO.<byte[], byte[]>read()
                    .withBootstrapServers(Objects.requireNonNull(settings.get("bootstrap.servers")))
                    .withTopic(of.topic())
                    .withKeyDeserializer(ByteArrayDeserializer.class)
                    .withValueDeserializer(ByteArrayDeserializer.class)
                    .withTimestampPolicyFactory(Arrival.times())
                    .withConsumerConfigUpdates(consumer))
            .apply("Follow", new StreamSteps<>(plan, KafkaFeed::raw));
  }

  @Override
  public OptionalLong behind(Map<Integer, Long> next) {
    return OptionalLong.of(topic.behind(next));
  }
}
