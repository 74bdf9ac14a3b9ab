package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * A queue of hops that knows the merge of all it holds, for any commutative monoid: two stacks, as
 * in K. Tangwongsan et al., "General incremental sliding-window aggregation" (2015).
 *
 * <pre>
 *   oldest                                              newest
 *   [ front: each entry merged with all after it ] [ back: single hops ]   and the merge of the back
 *
 *   value    front's first, merged with the back's merge
 *   drop     the front's first; when the front is empty, the back is turned over into it
 * </pre>
 */
final class HopStacks<AccT> {
  /** A hop by the time of its first event. */
  private record Hop<AccT>(long start, AccT accumulator) {}

  private final Aggregation<AccT> aggregation;
  private final ArrayDeque<Hop<AccT>> front = new ArrayDeque<>();
  private final ArrayDeque<Hop<AccT>> back = new ArrayDeque<>();
  private AccT mergedBack;

  HopStacks(Aggregation<AccT> aggregation) {
    this.aggregation = aggregation;
    this.mergedBack = aggregation.zero();
  }

  /**
   * Takes in an event.
   *
   * @param newHop whether it is the first of its hop
   */
  void add(long time, boolean newHop, SpecializedGetters event, int ordinal) {
    Hop<AccT> newest = back.peekLast();
    if (newest == null || newHop) {
      newest = new Hop<>(time, aggregation.zero());
      back.addLast(newest);
    }
    aggregation.add(newest.accumulator, event, ordinal);
    aggregation.add(mergedBack, event, ordinal);
  }

  void dropBefore(long start) {
    while (!isEmpty() && oldest() < start) {
      if (front.isEmpty()) {
        turnOver(start);
      } else {
        front.removeFirst();
      }
    }
  }

  void present(long time, InternalRow into, int ordinal) {
    AccT all = mergedBack;
    if (!front.isEmpty()) {
      all = aggregation.zero();
      aggregation.merge(all, front.getFirst().accumulator);
      aggregation.merge(all, mergedBack);
    }
    Places.put(aggregation.present(all, time), into, ordinal);
  }

  private boolean isEmpty() {
    return front.isEmpty() && back.isEmpty();
  }

  private long oldest() {
    return front.isEmpty() ? back.getFirst().start : front.getFirst().start;
  }

  /** Moves the back's hops that are still wanted to the front, newest first, merging as it goes. */
  private void turnOver(long start) {
    AccT merged = aggregation.zero();
    Iterator<Hop<AccT>> newestFirst = back.descendingIterator();
    while (newestFirst.hasNext()) {
      Hop<AccT> hop = newestFirst.next();
      if (hop.start < start) {
        break;
      }
      aggregation.merge(merged, hop.accumulator);
      AccT suffix = aggregation.zero();
      aggregation.merge(suffix, merged);
      front.addFirst(new Hop<>(hop.start, suffix));
    }
    back.clear();
    mergedBack = aggregation.zero();
  }
}
