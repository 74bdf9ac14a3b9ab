package dev.millrace.transforms.aggregation;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * An aggregation whose value is that one of its inputs that ranks highest or lowest, where a rank
 * may fit in 64 bits. A window's kernel then keeps ranks and no accumulators.
 */
public interface RankedAggregation<AccT> extends Aggregation<AccT> {
  /** Whether inputs have a rank of 64 bits; if not, the other methods may throw. */
  boolean hasRanks();

  /** Whether the value is the input of the lowest rank, else it is that of the highest. */
  boolean isLowest();

  /**
   * The rank of an input that is not null: equal for equal values alone, and the same for every
   * aggregation of the same input.
   */
  long rank(SpecializedGetters row, int ordinal);

  /** Puts the input of a rank into a row. */
  void present(long rank, InternalRow into, int ordinal);
}
