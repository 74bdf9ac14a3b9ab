package dev.millrace.transforms.aggregation;

/** A sum that an average can be made of. */
interface SumAggregation<AccT> extends GroupAggregation<AccT> {
  /** The exact sum, rounded once to the nearest double. */
  double total(AccT accumulator);
}
