package dev.millrace.transforms.aggregation;

/**
 * An aggregation whose parts can be taken out again: after {@code merge(a, b)} and {@code
 * subtract(a, b)}, {@code a} has the bytes that it had before.
 */
public interface GroupAggregation<AccT> extends Aggregation<AccT> {
  /**
   * Takes {@code part} out of {@code from}; {@code part} stays as it is.
   *
   * @param part an accumulator of rows that are all among those of {@code from}
   */
  void subtract(AccT from, AccT part);
}
