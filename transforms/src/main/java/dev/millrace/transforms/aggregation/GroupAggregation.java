package dev.millrace.transforms.aggregation;

import org.jspecify.annotations.Nullable;

/**
 * An aggregation whose additions can be taken back: a commutative group, so that a window is what
 * came until now less what came before it.
 */
public interface GroupAggregation<AccT> extends Aggregation<AccT> {
  /**
   * Takes {@code part} out of {@code from}, which holds it; {@code part} stays as it is. What is
   * left encodes and presents as if {@code part} had never been added.
   */
  void subtract(AccT from, AccT part);

  /**
   * What an accumulator holds now, small: good for nothing but to be subtracted later. Here, a
   * whole copy.
   */
  default AccT mark(AccT accumulator) {
    AccT copy = zero();
    merge(copy, accumulator);
    return copy;
  }

  /**
   * The value of what came into {@code all} since {@code mark} was made of it, at a time; both stay
   * as they are.
   */
  default @Nullable Object presentSince(AccT all, AccT mark, long time) {
    AccT since = zero();
    merge(since, all);
    subtract(since, mark);
    return present(since, time);
  }
}
