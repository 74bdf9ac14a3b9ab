package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.problem.MillraceException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** Two stacks for each window: for any commutative monoid. */
final class StackSlider<AccT> implements Slider {
  private final Aggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final Places places;
  private final HopStacks<AccT>[] stacks;

  @SuppressWarnings({"unchecked", "rawtypes"})
  StackSlider(Aggregation<AccT> aggregation, int ordinal, WindowTails tails, Places places) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.places = places;
    this.stacks = new HopStacks[tails.size()];
    tails.tellEachHop();
    clear();
  }

  @Override
  public void clear() {
    for (int i = 0; i < stacks.length; i++) {
      stacks[i] = new HopStacks<>(aggregation);
    }
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    for (int i = 0; i < stacks.length; i++) {
      boolean newHop = tails.newHop(i);
      if (newHop) {
        stacks[i].dropBefore(tails.keepFrom(i));
      }
      stacks[i].add(time, newHop, row, ordinal);
    }
  }

  @Override
  public void present(long time, InternalRow into, int offset) {
    for (int place = 0; place < places.size(); place++) {
      int window = places.window(place);
      stacks[window].dropBefore(tails.start(window));
      try {
        stacks[window].present(time, into, offset + places.ordinal(place));
      } catch (MillraceException noValue) {
        throw places.failed(place, noValue);
      }
    }
  }
}
