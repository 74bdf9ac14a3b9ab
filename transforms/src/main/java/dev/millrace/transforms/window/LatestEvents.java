package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.bytes.ByteWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * Of keys' events, in any order, those that can be the latest with a value at one of the times
 * asked for. Of those that are first seen at one such time, one hides all that happened before it,
 * in every window that holds them, so that it alone need be kept:
 *
 * <pre>
 *   events     a b c    d e      f
 *   asked             |        |         nothing after the last is seen
 *   kept           c       e
 * </pre>
 *
 * The values of what is kept are those of all events; and since that holds of any events, each part
 * of them may be thinned by itself.
 */
public final class LatestEvents {
  private final List<WindowedAggregation> latest;
  private final long[] times;
  private final int[] starts;

  /** The event that is kept for each time and each of the values, if any, and when it was. */
  private final @Nullable InternalRow[] kept;

  private final long[] keptTimes;

  /**
   * For some keys.
   *
   * @param latest values that are all of the latest event
   * @param times the times asked for, key by key, each key's ascending and each once, in
   *     microseconds
   * @param starts where each key's times begin among those, and after the last where they end
   */
  public LatestEvents(List<WindowedAggregation> latest, long[] times, int[] starts) {
    if (!areLatest(latest)) {
      throw new IllegalArgumentException("Not all of " + latest + " are the latest event's.");
    }
    this.latest = latest;
    this.times = times;
    this.starts = starts;
    this.kept = new InternalRow[times.length * latest.size()];
    this.keptTimes = new long[kept.length];
  }

  /** Whether values are all of the latest event, so that few events are enough. */
  public static boolean areLatest(List<WindowedAggregation> windows) {
    return windows.stream().allMatch(WindowedAggregation::isLatest);
  }

  /**
   * Takes in an event; the row may change after that.
   *
   * @param key its number
   * @param time when it happened
   * @param seenAfter the last time that does not see it, {@code time} or later
   */
  public void add(int key, long time, long seenAfter, InternalRow event) {
    int slot = Arrays.binarySearch(times, starts[key], starts[key + 1], seenAfter);
    slot = slot < 0 ? -slot - 1 : slot + 1;
    if (slot == starts[key + 1]) {
      return;
    }
    int first = slot * latest.size();
    @Nullable InternalRow copy = null;
    for (int at = first; at < first + latest.size(); at++) {
      WindowedAggregation value = latest.get(at - first);
      if (!event.isNullAt(value.ordinal()) && isLater(value, at, time, event)) {
        copy = copy != null ? copy : copied(event, first, at);
        kept[at] = copy;
        keptTimes[at] = time;
      }
    }
  }

  /** A copy of an event, in the place of the one that it hides where no other value needs that. */
  private InternalRow copied(InternalRow event, int first, int at) {
    if (kept[at] instanceof UnsafeRow hidden && event instanceof UnsafeRow row) {
      boolean shared = false;
      for (int other = first; other < first + latest.size(); other++) {
        shared |= other != at && kept[other] == hidden;
      }
      if (!shared) {
        hidden.copyFrom(row);
        return hidden;
      }
    }
    return event.copy();
  }

  private boolean isLater(WindowedAggregation value, int at, long time, InternalRow event) {
    InternalRow other = kept[at];
    if (other == null || time != keptTimes[at]) {
      return other == null || time > keptTimes[at];
    }
    return hides(value.aggregation(), value.ordinal(), event, other);
  }

  /** Whether of two events at one time the first alone is seen. */
  private static <AccT> boolean hides(
      Aggregation<AccT> aggregation, int ordinal, InternalRow event, InternalRow other) {
    AccT of = aggregation.zero();
    aggregation.add(of, other, ordinal);
    byte[] without = bytes(aggregation, of);
    aggregation.add(of, event, ordinal);
    return !Arrays.equals(without, bytes(aggregation, of));
  }

  private static <AccT> byte[] bytes(Aggregation<AccT> aggregation, AccT accumulator) {
    ByteWriter out = new ByteWriter();
    aggregation.encode(accumulator, out);
    return out.toBytes();
  }

  /** Gives out each event that is kept. */
  public void forEach(Consumer<InternalRow> action) {
    for (int slot = 0; slot < times.length; slot++) {
      int first = slot * latest.size();
      for (int at = first; at < first + latest.size(); at++) {
        InternalRow event = kept[at];
        boolean given = false;
        for (int before = first; before < at; before++) {
          given |= kept[before] == event;
        }
        if (event != null && !given) {
          action.accept(event);
        }
      }
    }
  }
}
