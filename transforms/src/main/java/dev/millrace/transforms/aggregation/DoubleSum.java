package dev.millrace.transforms.aggregation;

/** An exact sum of doubles, in one of two forms that give the same values. */
sealed interface DoubleSum permits ExactSum, RunningSum {
  void add(double value);

  /** How many numbers it is of. */
  long count();

  /** The sum rounded once, half to even; infinite beyond the largest double. */
  double total();

  /** A mark of the sum, as {@link MarkedAggregation#mark}. */
  int mark(long[] marks, int at, int room);

  /** How many numbers came since a mark of this sum was made. */
  long countSince(long[] marks, int at);

  /** The sum of what came since a mark of this sum was made, rounded once. */
  double totalSince(long[] marks, int at);

  /** The sum to be merged or written. */
  ExactSum exact();
}
