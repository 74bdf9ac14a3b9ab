package dev.millrace.pipelines.runs;

import java.io.Serializable;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/** A row of a batch, judged so far. */
public final class StreamRow implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As the expectations see it, the message with it. */
  public final UnsafeRow judged;

  /** As the log keeps it; null where it is set aside. */
  public final @Nullable UnsafeRow kept;

  /** The expectations that it breaks, by their place. */
  public final BitSet breaches;

  /** Why it is set aside; empty where it is not. */
  public final List<String> reasons;

  public final Place place;

  /** When it happened, in microseconds; of a row that is set aside, any. */
  public final long time;

  public StreamRow(
      UnsafeRow judged,
      @Nullable UnsafeRow kept,
      BitSet breaches,
      List<String> reasons,
      Place place,
      long time) {
    this.judged = judged;
    this.kept = kept;
    this.breaches = breaches;
    this.reasons = reasons;
    this.place = place;
    this.time = time;
  }

  public boolean isAccepted() {
    return reasons.isEmpty();
  }

  /** The same row, set aside for an expectation after all. */
  public StreamRow aside(int expectation, String reason) {
    BitSet more = (BitSet) breaches.clone();
    more.set(expectation);
    return new StreamRow(judged, null, more, List.of(reason), place, time);
  }

  /** The same row, set aside though it breaks no expectation. */
  public StreamRow aside(String reason) {
    return new StreamRow(judged, null, breaches, List.of(reason), place, time);
  }
}
