package dev.millrace.transforms.aggregation;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** A value read from an accumulator that is marked in longs. */
public interface MarkReader<AccT> extends Serializable {
  /** The value of the whole, as {@link Aggregation#present}. */
  @Nullable Object present(AccT accumulator, long time);

  /**
   * Gives the value of what came into {@code all} since the mark at {@code at} was made of it; both
   * stay as they are.
   *
   * @param into takes the value, or null, at {@code ordinal}
   */
  void presentSince(AccT all, long[] marks, int at, InternalRow into, int ordinal);
}
