package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What the workers of a stream know.
 *
 * @param name of what is followed
 * @param reading from a message to a row of the stream
 * @param hasOffsets whether messages are at offsets of partitions; if not, ids name them
 * @param logId names the log
 * @param delay in microseconds; rows older than the newest by more are late
 * @param gathering how long rows are gathered for a batch, in milliseconds
 * @param base the position of the log's last batch when the stream was started
 * @param version of the log then
 * @param next the offsets up to which the log was then, by partition
 * @param versions of the log that each view's space was loaded from
 * @param servers the runs of the stores' servers that hold what was loaded
 */
record StreamPlan(
    String name,
    MessageReading reading,
    boolean hasOffsets,
    StreamSpec spec,
    DeltaBatches log,
    DeltaBatches aside,
    long logId,
    long delay,
    long gathering,
    long base,
    long version,
    Map<Integer, Long> next,
    List<Long> versions,
    Map<Sink.OnlineAddress, List<String>> servers)
    implements Serializable {

  /** Whether the quarantine has what a batch that the log has sets aside. */
  boolean hasAside(long position) {
    return log.batch(position)
        .filter(batch -> batch.aside() != null)
        .map(batch -> aside.position() >= batch.position())
        .orElse(true);
  }

  static OnlineStore connect(Sink.OnlineAddress address) {
    return OnlineStore.connect(
        RedisSettings.of(
            address.host(),
            address.port(),
            address.settings(),
            RedisSettings.ofJob(address.host(), address.port())));
  }
}
