package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** Two stacks for each window: for any commutative monoid. */
final class StackSlider<AccT> implements Slider {
  private final Aggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTail[] tails;
  private final HopStacks<AccT>[] stacks;

  @SuppressWarnings({"unchecked", "rawtypes"})
  StackSlider(Aggregation<AccT> aggregation, int ordinal, WindowTail[] tails) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.stacks = new HopStacks[tails.length];
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
      if (tails[i].newHop()) {
        stacks[i].dropBefore(tails[i].keepFrom());
      }
      stacks[i].add(time, tails[i].newHop(), row, ordinal);
    }
  }

  @Override
  public void present(long time, long[] starts, @Nullable Object[] values) {
    for (int i = 0; i < stacks.length; i++) {
      stacks[i].dropBefore(starts[i]);
      values[i] = stacks[i].present(time);
    }
  }
}
