package dev.millrace.pipelines.beam;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message before it is read, of whatever stream.
 *
 * @param columns of {@link dev.millrace.pipelines.runs.MessageText#RAW}, the time still null
 * @param sent when, in milliseconds; null where it does not say
 * @param unread why it is not read; null where it is
 */
record RawMessage(GenericInternalRow columns, @Nullable Long sent, @Nullable String unread) {
  /** Makes one of what a runner reads. */
  interface From<M> extends Serializable {
    /**
     * The message.
     *
     * @param time the runner's
     */
    RawMessage of(M message, Instant time);
  }
}
