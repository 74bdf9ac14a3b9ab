package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.GroupAggregation;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Windows as differences: one accumulator takes in every event, and each window remembers what it
 * held when each of the window's hops began.
 *
 * <pre>
 *   events            a   b c   d     e
 *   hops             |  . | . . | .   | .
 *   marks             0    a    abc    abcd      and now abcde
 *   from hop 3 on     abcde - abc
 * </pre>
 *
 * So an event costs one addition, whatever the number of windows and their lengths.
 */
final class GroupSlider<AccT> implements Slider {
  private final GroupAggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final MarkQueue<AccT>[] marks;
  private AccT all;

  @SuppressWarnings({"unchecked", "rawtypes"})
  GroupSlider(GroupAggregation<AccT> aggregation, int ordinal, WindowTails tails) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.marks = new MarkQueue[tails.size()];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = new MarkQueue<>();
    }
    this.all = aggregation.zero();
  }

  @Override
  public void clear() {
    for (MarkQueue<AccT> queue : marks) {
      queue.clear();
    }
    all = aggregation.zero();
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    if (tails.newHop()) {
      AccT mark = aggregation.mark(all);
      for (int i = 0; i < marks.length; i++) {
        WindowTail tail = tails.tail(i);
        if (tail.newHop()) {
          marks[i].dropBefore(tail.keepFrom());
          marks[i].add(time, mark);
        }
      }
    }
    aggregation.add(all, row, ordinal);
  }

  @Override
  public void present(long time, @Nullable Object[] values) {
    for (int i = 0; i < marks.length; i++) {
      marks[i].dropBefore(tails.start(i));
      AccT before = marks[i].first();
      values[i] =
          before == null
              ? aggregation.present(aggregation.zero(), time)
              : aggregation.presentSince(all, before, time);
    }
  }
}
