package dev.millrace.pipelines.beam;

import java.util.Optional;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Instant;

/**
 * A message's time for the runner is when it is read, which never goes back. When it happened is a
 * column of its row: in microseconds, whatever clock the sender had, and with no partition that
 * stands still holding up the others.
 */
final class Arrival extends TimestampPolicy<byte[], byte[]> {
  private Instant last;

  private Arrival(Instant last) {
    this.last = last;
  }

  static TimestampPolicyFactory<byte[], byte[]> times() {
    return (TopicPartition partition, Optional<Instant> before) ->
        new Arrival(before.orElse(BoundedWindow.TIMESTAMP_MIN_VALUE));
  }

  private Instant now() {
    Instant now = Instant.now();
    if (now.isAfter(last)) {
      last = now;
    }
    return last;
  }

  @Override
  public Instant getTimestampForRecord(
      PartitionContext context, KafkaRecord<byte[], byte[]> message) {
    return now();
  }

  @Override
  public Instant getWatermark(PartitionContext context) {
    return now();
  }
}
