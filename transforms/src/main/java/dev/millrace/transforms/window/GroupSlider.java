package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.GroupAggregation;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Windows as differences: one accumulator takes in every event, and a mark is made of it where a
 * hop of any window begins.
 *
 * <pre>
 *   events            a   b c   d     e
 *   hops             |  . | . . | .   | .
 *   marks             0    a    abc    abcd      and now abcde
 *   from hop 3 on     abcde - abc
 * </pre>
 *
 * So an event costs one addition and at most one mark, whatever the number of windows and their
 * lengths.
 */
final class GroupSlider<AccT> implements Slider {
  private final GroupAggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final MarkQueue<AccT> marks = new MarkQueue<>();

  /** The position of each window's oldest mark when it was last asked for. */
  private final long[] firsts;

  private AccT all;

  GroupSlider(GroupAggregation<AccT> aggregation, int ordinal, WindowTails tails) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.firsts = new long[tails.size()];
    this.all = aggregation.zero();
  }

  @Override
  public void clear() {
    marks.clear();
    Arrays.fill(firsts, 0);
    all = aggregation.zero();
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    if (tails.newHop()) {
      marks.dropTo(marks.find(marks.head(), tails.keepFrom()));
      marks.add(time, aggregation.mark(all));
    }
    aggregation.add(all, row, ordinal);
  }

  @Override
  public void present(long time, @Nullable Object[] values) {
    long oldest = marks.end();
    for (int i = 0; i < firsts.length; i++) {
      if (tails.tail(i).isLifetime()) {
        values[i] = aggregation.present(all, time);
        continue;
      }
      firsts[i] = marks.find(firsts[i], tails.start(i));
      oldest = Math.min(oldest, firsts[i]);
      values[i] =
          firsts[i] == marks.end()
              ? aggregation.present(aggregation.zero(), time)
              : aggregation.presentSince(all, marks.mark(firsts[i]), time);
    }
    marks.dropTo(oldest);
  }
}
