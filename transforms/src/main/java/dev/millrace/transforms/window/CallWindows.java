package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/** One aggregation, the distinct windows that it is asked over, and where each value goes. */
final class CallWindows {
  private final Slider slider;

  /** For each of its windows, the place among all windows. */
  private final int[] windows;

  /** For each of its windows, the places of its value. */
  private final int[][] places;

  private final long[] starts;
  private final @Nullable Object[] values;

  CallWindows(
      AggregateCall call,
      List<WindowedAggregation> all,
      List<Window> distinct,
      List<WindowTail> tails) {
    List<WindowedAggregation> own = all.stream().filter(each -> each.call().equals(call)).toList();
    this.windows =
        own.stream().mapToInt(each -> distinct.indexOf(each.window())).distinct().toArray();
    this.places =
        IntStream.of(windows)
            .mapToObj(
                window ->
                    IntStream.range(0, all.size())
                        .filter(at -> all.get(at).call().equals(call))
                        .filter(at -> all.get(at).window().equals(distinct.get(window)))
                        .toArray())
            .toArray(int[][]::new);
    this.slider =
        Slider.of(
            own.get(0).aggregation(),
            own.get(0).ordinal(),
            IntStream.of(windows).mapToObj(tails::get).toArray(WindowTail[]::new));
    this.starts = new long[windows.length];
    this.values = new Object[windows.length];
  }

  void clear() {
    slider.clear();
  }

  void add(long time, SpecializedGetters event) {
    slider.add(time, event);
  }

  void present(long time, long[] startsOfAll, @Nullable Object[] into, int offset) {
    for (int i = 0; i < windows.length; i++) {
      starts[i] = startsOfAll[windows[i]];
    }
    slider.present(time, starts, values);
    for (int i = 0; i < windows.length; i++) {
      for (int place : places[i]) {
        into[offset + place] = values[i];
      }
    }
  }
}
