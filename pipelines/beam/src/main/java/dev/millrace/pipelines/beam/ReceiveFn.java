package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.StreamProgram;
import dev.millrace.pipelines.runs.StreamRow;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Messages as rows that are judged alone. A message on which anything fails is set aside for that,
 * and the bundle goes on.
 */
final class ReceiveFn extends DoFn<KafkaRecord<byte[], byte[]>, StreamRow> {
  private static final long serialVersionUID = 1L;

  private static final int TIMESTAMP = 3;

  private final StreamPlan plan;
  private final Counter messages = Metrics.counter("millrace", "messages");
  private final Counter poison = Metrics.counter("millrace", "poison");
  private transient @Nullable UnaryOperator<InternalRow> reading;
  private transient @Nullable StreamProgram program;
  private transient @Nullable UnsafeProjection bare;

  ReceiveFn(StreamPlan plan) {
    this.plan = plan;
  }

  @Setup
  public void setup() {
    reading = plan.reading().compile();
    program = StreamProgram.of(plan.spec());
    bare = StreamProgram.bare(plan.spec());
  }

  @ProcessElement
  public void process(@Element KafkaRecord<byte[], byte[]> message, OutputReceiver<StreamRow> out) {
    messages.inc();
    out.output(
        Objects.requireNonNull(program)
            .judge(read(message), Objects.requireNonNull(bare), Map.of()));
  }

  private InternalRow read(KafkaRecord<byte[], byte[]> message) {
    Object[] raw = {
      UTF8String.fromString(message.getTopic()),
      message.getPartition(),
      message.getOffset(),
      null,
      message.getKV().getKey(),
      message.getKV().getValue()
    };
    try {
      raw[TIMESTAMP] = Math.multiplyExact(message.getTimestamp(), 1_000L);
      return Objects.requireNonNull(reading).apply(new GenericInternalRow(raw));
    } catch (RuntimeException failure) {
      poison.inc();
      Object[] unread = java.util.Arrays.copyOf(raw, raw.length + 1);
      unread[raw.length] =
          UTF8String.fromString("it cannot be read: " + failure.getClass().getSimpleName());
      Object[] row = new Object[plan.reading().columns()];
      row[row.length - 1] = new GenericInternalRow(unread);
      return new GenericInternalRow(row);
    }
  }
}
