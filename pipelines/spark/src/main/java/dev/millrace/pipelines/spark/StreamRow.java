package dev.millrace.pipelines.spark;

import java.io.Serializable;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** A row of a batch, judged so far. */
final class StreamRow implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As the expectations see it, the message with it. */
  final UnsafeRow judged;

  /** As the log keeps it; null where it is set aside. */
  @Nullable UnsafeRow kept;

  /** The expectations that it breaks, by their place. */
  final BitSet breaches;

  /** Why it is set aside; empty where it is not. */
  List<String> reasons;

  final int partition;
  final long offset;

  /** When it happened, in microseconds; of a row that is set aside, any. */
  final long time;

  StreamRow(
      UnsafeRow judged,
      @Nullable UnsafeRow kept,
      BitSet breaches,
      List<String> reasons,
      int partition,
      long offset,
      long time) {
    this.judged = judged;
    this.kept = kept;
    this.breaches = breaches;
    this.reasons = reasons;
    this.partition = partition;
    this.offset = offset;
    this.time = time;
  }

  boolean isAccepted() {
    return reasons.isEmpty();
  }

  /** Sets it aside after all. */
  void setAside(int expectation, String reason) {
    breaches.set(expectation);
    reasons = List.of(reason);
    kept = null;
  }
}
