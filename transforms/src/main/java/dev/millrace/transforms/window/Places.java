package dev.millrace.transforms.window;

import dev.millrace.transforms.problem.MillraceException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.jspecify.annotations.Nullable;

/** Where an aggregation's values go: for each, which of its windows it is of, and its ordinal. */
final class Places {
  private final int[] windows;
  private final int[] ordinals;
  private final List<String> features;

  private Places(int[] windows, int[] ordinals, List<String> features) {
    this.windows = windows;
    this.ordinals = ordinals;
    this.features = features;
  }

  /**
   * The places of some of all.
   *
   * @param windows the distinct windows of theirs, and maybe more
   */
  static Places of(
      List<Window> windows, List<WindowedAggregation> some, List<WindowedAggregation> all) {
    int[] ordinals =
        IntStream.range(0, all.size()).filter(at -> some.contains(all.get(at))).toArray();
    return new Places(
        IntStream.of(ordinals).map(at -> windows.indexOf(all.get(at).window())).toArray(),
        ordinals,
        IntStream.of(ordinals).mapToObj(at -> all.get(at).feature()).toList());
  }

  int size() {
    return windows.length;
  }

  int window(int place) {
    return windows[place];
  }

  int ordinal(int place) {
    return ordinals[place];
  }

  /** The failure of a place's value, which names the feature. */
  MillraceException failed(int place, MillraceException failure) {
    return failure.of("feature '" + features.get(place) + "'");
  }

  /** Puts a value, or null, into a row. */
  static void put(@Nullable Object value, InternalRow into, int ordinal) {
    if (value == null) {
      into.setNullAt(ordinal);
    } else {
      into.update(ordinal, value);
    }
  }
}
