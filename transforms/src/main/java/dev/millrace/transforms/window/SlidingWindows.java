package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates windowed aggregations over one key's events. The caller brings events and asks for
 * values in the order of time; a value asked for at <i>t</i> sees the events before <i>t</i> and
 * not those at it, so at equal times the caller asks first. Each event and each hop is taken in and
 * dropped once for each window, whatever the window's length; equal aggregations share what they
 * keep. What is kept is one entry for each hop that has events, the shortest hop of those that
 * share, as far back as the longest of them reaches; exact windows and sessions keep one for each
 * event's time, and share among themselves.
 */
public final class SlidingWindows {
  /** Exact windows keep an entry for each event, which others should not pay for. */
  private record Sharing(AggregateCall call, boolean exact) {}

  private final WindowTail[] tails;
  private final WindowTails[] shared;
  private final CallWindows[] calls;
  private long askedFor = Long.MIN_VALUE;

  public SlidingWindows(List<WindowedAggregation> windows) {
    Map<Window, WindowTail> tailOf = new LinkedHashMap<>();
    Map<Sharing, Set<Window>> windowsOf = new LinkedHashMap<>();
    for (WindowedAggregation each : windows) {
      tailOf.computeIfAbsent(each.window(), WindowTail::new);
      Sharing sharing = new Sharing(each.call(), each.window().isExact());
      windowsOf.computeIfAbsent(sharing, key -> new LinkedHashSet<>()).add(each.window());
    }
    Map<List<Window>, WindowTails> tailsOf = new LinkedHashMap<>();
    List<CallWindows> made = new ArrayList<>();
    windowsOf.forEach(
        (sharing, distinct) -> {
          List<Window> of = List.copyOf(distinct);
          WindowTails common =
              tailsOf.computeIfAbsent(
                  of,
                  key -> new WindowTails(of.stream().map(tailOf::get).toArray(WindowTail[]::new)));
          made.add(new CallWindows(sharing.call, of, common, windows));
        });
    this.tails = tailOf.values().toArray(WindowTail[]::new);
    this.shared = tailsOf.values().toArray(WindowTails[]::new);
    this.calls = made.toArray(CallWindows[]::new);
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
    for (WindowTails each : shared) {
      each.event();
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
    for (WindowTails each : shared) {
      each.ask(time);
    }
    for (CallWindows call : calls) {
      call.present(time, values, offset);
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
