package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.aggregation.GroupAggregation;
import dev.millrace.transforms.aggregation.RankedAggregation;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * One aggregation of one input over several windows whose tails move forward. Taking in an event
 * and letting it go is O(1) amortised for each window.
 */
sealed interface Slider permits GroupSlider, RankSlider, StackSlider {
  /** The kernel that suits the aggregation. */
  static Slider of(Aggregation<?> aggregation, int ordinal, WindowTails tails) {
    if (aggregation instanceof RankedAggregation<?> ranked && ranked.hasRanks()) {
      return new RankSlider(ranked, ordinal, tails);
    }
    if (aggregation instanceof GroupAggregation<?> group) {
      return new GroupSlider<>(group, ordinal, tails);
    }
    return new StackSlider<>(aggregation, ordinal, tails);
  }

  /** Forgets every event. */
  void clear();

  /** Takes in an event that the tails have seen. */
  void add(long time, SpecializedGetters row);

  /**
   * The value of each window at the time that the tails were asked for.
   *
   * @param values where they go, in the order of the tails
   */
  void present(long time, @Nullable Object[] values);
}
