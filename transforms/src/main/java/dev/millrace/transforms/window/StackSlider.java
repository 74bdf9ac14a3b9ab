package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** Two stacks for each window: for any commutative monoid. */
final class StackSlider<AccT> implements Slider {
  private final Aggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final HopStacks<AccT>[] stacks;

  @SuppressWarnings({"unchecked", "rawtypes"})
  StackSlider(Aggregation<AccT> aggregation, int ordinal, WindowTails tails) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.stacks = new HopStacks[tails.size()];
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
      WindowTail tail = tails.tail(i);
      if (tail.newHop()) {
        stacks[i].dropBefore(tail.keepFrom());
      }
      stacks[i].add(time, tail.newHop(), row, ordinal);
    }
  }

  @Override
  public void present(long time, @Nullable Object[] values) {
    for (int i = 0; i < stacks.length; i++) {
      stacks[i].dropBefore(tails.start(i));
      values[i] = stacks[i].present(time);
    }
  }
}
