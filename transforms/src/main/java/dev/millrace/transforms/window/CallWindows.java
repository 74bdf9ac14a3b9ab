package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** One aggregation, the distinct windows that it is asked over, and where each value goes. */
final class CallWindows {
  private final Slider slider;

  /** For each of its windows, the places of its value. */
  private final int[][] places;

  private final @Nullable Object[] values;

  /** The call's windows are {@code windows}, in the order of {@code tails}. */
  CallWindows(
      AggregateCall call, List<Window> windows, WindowTails tails, List<WindowedAggregation> all) {
    WindowedAggregation any =
        all.stream().filter(each -> each.call().equals(call)).findFirst().orElseThrow();
    this.slider = Slider.of(any.aggregation(), any.ordinal(), tails);
    this.places =
        windows.stream()
            .map(
                window ->
                    IntStream.range(0, all.size())
                        .filter(at -> all.get(at).call().equals(call))
                        .filter(at -> all.get(at).window().equals(window))
                        .toArray())
            .toArray(int[][]::new);
    this.values = new Object[places.length];
  }

  void clear() {
    slider.clear();
  }

  void add(long time, SpecializedGetters event) {
    slider.add(time, event);
  }

  void present(long time, @Nullable Object[] into, int offset) {
    slider.present(time, values);
    for (int i = 0; i < values.length; i++) {
      for (int place : places[i]) {
        into[offset + place] = values[i];
      }
    }
  }
}
