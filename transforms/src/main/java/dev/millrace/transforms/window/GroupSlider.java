package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.GroupAggregation;
import dev.millrace.transforms.problem.MillraceException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Windows as differences, of a group without marks: as {@link MarkSlider}, with a copy of the whole
 * accumulator where a hop begins.
 */
final class GroupSlider<AccT> implements Slider {
  private final GroupAggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final Places places;
  private @Nullable Object[] copies = new Object[8];

  /** What an empty window holds. */
  private final AccT none;

  private AccT all;

  GroupSlider(GroupAggregation<AccT> aggregation, int ordinal, WindowTails tails, Places places) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.places = places;
    this.none = aggregation.zero();
    this.all = aggregation.zero();
  }

  @Override
  public void clear() {
    copies = new Object[8];
    all = aggregation.zero();
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    if (tails.newHop()) {
      long newest = tails.end() - 1;
      if (newest - tails.head() >= copies.length) {
        grow(newest);
      }
      copies[at(newest)] = copy(all);
    }
    aggregation.add(all, row, ordinal);
  }

  private void grow(long newest) {
    Object[] longer = new Object[copies.length * 2];
    for (long position = tails.head(); position < newest; position++) {
      longer[(int) position & (longer.length - 1)] = copies[at(position)];
    }
    copies = longer;
  }

  private int at(long position) {
    return (int) position & (copies.length - 1);
  }

  private AccT copy(AccT of) {
    AccT copy = aggregation.zero();
    aggregation.merge(copy, of);
    return copy;
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"})
  public void present(long time, InternalRow into, int offset) {
    for (int place = 0; place < places.size(); place++) {
      int window = places.window(place);
      int to = offset + places.ordinal(place);
      AccT of = none;
      if (tails.isLifetime(window)) {
        of = all;
      } else if (tails.first(window) < tails.end()) {
        of = copy(all);
        aggregation.subtract(of, (AccT) copies[at(tails.first(window))]);
      }
      try {
        Places.put(aggregation.present(of, time), into, to);
      } catch (MillraceException noValue) {
        throw places.failed(place, noValue);
      }
    }
  }
}
