package dev.millrace.transforms.aggregation;

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
}
