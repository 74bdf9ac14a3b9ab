package dev.millrace.transforms.aggregation;

/** A sum that an average can be made of. */
interface SumAggregation<AccT> extends MarkedAggregation<AccT> {
  @Override
  default SumAggregation<AccT> running() {
    return this;
  }

  /** How many values it is of. */
  long count(AccT accumulator);

  /** The exact sum, rounded once to the nearest double. */
  double total(AccT accumulator);

  /** How many values came since a mark. */
  long countSince(AccT all, long[] marks, int at);

  /** The exact sum of what came since a mark, rounded once. */
  double totalSince(AccT all, long[] marks, int at);
}
