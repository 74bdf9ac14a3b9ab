package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.StreamProgram;
import dev.millrace.pipelines.runs.StreamRow;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Messages as rows that are judged alone. A message on which anything fails is set aside for that,
 * and the bundle goes on.
 */
final class ReceiveFn<M> extends DoFn<M, StreamRow> {
  private static final long serialVersionUID = 1L;

  private static final int TIMESTAMP = 4;

  private final StreamPlan plan;
  private final RawMessage.From<M> from;
  private final Counter messages = Metrics.counter("millrace", "messages");
  private final Counter poison = Metrics.counter("millrace", "poison");
  private transient @Nullable UnaryOperator<InternalRow> reading;
  private transient @Nullable StreamProgram program;
  private transient @Nullable UnsafeProjection bare;

  ReceiveFn(StreamPlan plan, RawMessage.From<M> from) {
    this.plan = plan;
    this.from = from;
  }

  @Setup
  public void setup() {
    reading = plan.reading().compile();
    program = StreamProgram.of(plan.spec());
    bare = StreamProgram.bare(plan.spec());
  }

  @ProcessElement
  public void process(ProcessContext context) {
    messages.inc();
    RawMessage message = from.of(context.element(), context.timestamp());
    context.output(
        Objects.requireNonNull(program)
            .judge(read(message), Objects.requireNonNull(bare), Map.of()));
  }

  private InternalRow read(RawMessage message) {
    @Nullable String unread = message.unread();
    try {
      if (message.sent() != null) {
        message.columns().update(TIMESTAMP, Math.multiplyExact(message.sent(), 1_000L));
      }
      if (unread == null) {
        return Objects.requireNonNull(reading).apply(message.columns());
      }
    } catch (RuntimeException failure) {
      unread = "it cannot be read: " + failure.getClass().getSimpleName();
    }
    poison.inc();
    Object[] row = new Object[plan.reading().columns()];
    row[row.length - 1] =
        new JoinedRow(
            message.columns(),
            new GenericInternalRow(new Object[] {UTF8String.fromString(unread)}));
    return new GenericInternalRow(row);
  }
}
