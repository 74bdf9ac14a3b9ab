package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.GroupAggregation;
import dev.millrace.transforms.aggregation.LatestAggregation;
import dev.millrace.transforms.aggregation.MarkedAggregation;
import dev.millrace.transforms.aggregation.SumReaders;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * One aggregation of one input over several windows whose tails move forward. Taking in an event
 * and letting it go is O(1) amortised for each window.
 */
sealed interface Slider permits GroupSlider, LatestSlider, MarkSlider, RankSlider, StackSlider {
  /** The kernel that suits an aggregation that shares with no other. */
  static Slider of(WindowedAggregation of, WindowTails tails, Places places) {
    if (of.aggregation() instanceof MarkedAggregation<?> marked && marked.hasMarks()) {
      return marked(marked, of.ordinal(), tails, places);
    }
    if (of.isLatest()) {
      return new LatestSlider<>(
          (LatestAggregation<?>) of.aggregation(), of.ordinal(), tails, places);
    }
    if (of.aggregation() instanceof GroupAggregation<?> group) {
      return new GroupSlider<>(group, of.ordinal(), tails, places);
    }
    return new StackSlider<>(of.aggregation(), of.ordinal(), tails, places);
  }

  private static <AccT> Slider marked(
      MarkedAggregation<AccT> aggregation, int ordinal, WindowTails tails, Places places) {
    MarkedAggregation<AccT> running = aggregation.running();
    MarkSlider<AccT> slider = new MarkSlider<>(running, ordinal, tails);
    slider.read(running, places);
    return slider;
  }

  /** The kernel of a sum of which several things are read, each with its places. */
  static <AccT> Slider ofSum(
      MarkedAggregation<AccT> sum, int ordinal, WindowTails tails, Map<String, Places> functions) {
    MarkedAggregation<AccT> running = sum.running();
    MarkSlider<AccT> slider = new MarkSlider<>(running, ordinal, tails);
    functions.forEach(
        (function, places) ->
            slider.read(SumReaders.reader(function, running).orElseThrow(), places));
    return slider;
  }

  /** Forgets every event. */
  void clear();

  /** Takes in an event that the tails have seen. */
  void add(long time, SpecializedGetters row);

  /**
   * Gives the value of each of the windows' places at the time that the tails were asked for.
   *
   * @param into takes the values, each at {@code offset} and its ordinal
   */
  void present(long time, InternalRow into, int offset);
}
