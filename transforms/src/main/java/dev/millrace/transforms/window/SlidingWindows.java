package dev.millrace.transforms.window;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates windowed aggregations over one key's events. The caller brings events and asks for
 * values in the order of time; a value asked for at <i>t</i> sees the events before <i>t</i> and
 * not those at it, so at equal times the caller asks first. Each event and each hop is taken in and
 * dropped once for each window, whatever the window's length; equal aggregations share what they
 * keep. What is kept is one entry for each hop that has events (for each event's time, where a
 * window is exact or a session), as far back as the window reaches.
 */
public final class SlidingWindows {
  private final WindowTail[] tails;
  private final long[] starts;
  private final CallWindows[] calls;
  private long askedFor = Long.MIN_VALUE;

  public SlidingWindows(List<WindowedAggregation> windows) {
    List<Window> distinct = windows.stream().map(WindowedAggregation::window).distinct().toList();
    List<WindowTail> made = distinct.stream().map(WindowTail::new).toList();
    this.tails = made.toArray(WindowTail[]::new);
    this.starts = new long[tails.length];
    this.calls =
        windows.stream()
            .map(WindowedAggregation::call)
            .distinct()
            .map(call -> new CallWindows(call, windows, distinct, made))
            .toArray(CallWindows[]::new);
  }

  /** Forgets every event, for the next key. */
  public void clear() {
    for (WindowTail tail : tails) {
      tail.clear();
    }
    for (CallWindows call : calls) {
      call.clear();
    }
  }

  /** Takes in an event; {@code time} is in microseconds and not before any time seen. */
  public void add(long time, SpecializedGetters event) {
    for (WindowTail tail : tails) {
      tail.event(time);
    }
    for (CallWindows call : calls) {
      call.add(time, event);
    }
  }

  /**
   * The values at a time, in the order of the windows, into {@code values} from {@code offset} on.
   */
  public void present(long time, @Nullable Object[] values, int offset) {
    askedFor = time;
    for (int i = 0; i < tails.length; i++) {
      starts[i] = tails[i].start(time);
    }
    for (CallWindows call : calls) {
      call.present(time, starts, values, offset);
    }
  }

  /** Whether no window at the time last asked for holds an event. */
  public boolean isEmpty() {
    for (WindowTail tail : tails) {
      if (!tail.isEmpty(askedFor)) {
        return false;
      }
    }
    return true;
  }
}
