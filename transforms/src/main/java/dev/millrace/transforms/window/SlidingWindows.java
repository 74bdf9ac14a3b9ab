package dev.millrace.transforms.window;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates windowed aggregations over one key's events. The caller brings events and asks for
 * values in the order of time; a value asked for at <i>t</i> sees the events before <i>t</i> and
 * not those at it, so at equal times the caller asks first. Each event and each hop is taken in and
 * dropped once for each window, whatever the window's length.
 */
public final class SlidingWindows {
  private final List<WindowedAggregation> windows;
  private final HopQueue<?>[] queues;

  public SlidingWindows(List<WindowedAggregation> windows) {
    this.windows = List.copyOf(windows);
    this.queues = new HopQueue<?>[windows.size()];
    clear();
  }

  /** Forgets every event, for the next key. */
  public void clear() {
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new HopQueue<>(windows.get(i).aggregation());
    }
  }

  /** Takes in an event; {@code time} is in microseconds and not before any time seen. */
  public void add(long time, SpecializedGetters event) {
    for (int i = 0; i < queues.length; i++) {
      WindowedAggregation window = windows.get(i);
      queues[i].add(Window.floor(time, window.window().hop()), event, window.ordinal());
    }
  }

  /**
   * The values at a time, in the order of the windows, into {@code values} from {@code offset} on.
   */
  public void present(long time, @Nullable Object[] values, int offset) {
    for (int i = 0; i < queues.length; i++) {
      queues[i].dropBefore(windows.get(i).window().start(time));
      values[offset + i] = queues[i].present(time);
    }
  }

  /** Whether no window at the time last asked for holds an event. */
  public boolean isEmpty() {
    for (HopQueue<?> queue : queues) {
      if (!queue.isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
