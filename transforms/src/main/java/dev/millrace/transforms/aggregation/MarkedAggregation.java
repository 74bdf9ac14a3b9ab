package dev.millrace.transforms.aggregation;

/**
 * A group of which an accumulator's state may be marked in a few longs. A window's kernel then
 * keeps marks of the running whole and no accumulators, and reads what came since one of them.
 */
public interface MarkedAggregation<AccT> extends GroupAggregation<AccT>, MarkReader<AccT> {
  /** Whether accumulators have marks; if not, the other methods may throw. */
  boolean hasMarks();

  /** The same with accumulators that are made to be marked and read after every few rows. */
  default MarkedAggregation<AccT> running() {
    return this;
  }

  /**
   * Writes a mark of what the accumulator holds now, where it fits; it may take more as rows come
   * in.
   *
   * @param at where it goes
   * @param room how many longs there are from {@code at} on
   * @return how many it takes; where that is more than there are, nothing is written
   */
  int mark(AccT accumulator, long[] marks, int at, int room);
}
