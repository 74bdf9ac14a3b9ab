package dev.millrace.transforms.aggregation;

/**
 * An aggregation whose value may be that of the latest event alone. A window's kernel then keeps
 * one accumulator of all events, since it is the window's value too where the latest event with a
 * value is in the window.
 */
public interface LatestAggregation<AccT> extends Aggregation<AccT> {
  /**
   * Whether the value is the latest event's that is not null; of several at one time, whichever.
   */
  boolean isLatest();
}
