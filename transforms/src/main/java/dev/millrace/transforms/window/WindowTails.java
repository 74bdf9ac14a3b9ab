package dev.millrace.transforms.window;

import java.util.Arrays;
import java.util.List;

/**
 * Where windows that several aggregations share begin, as events pass; knows the times of events
 * and nothing of their values. It keeps the times at which a hop of any of the windows began:
 *
 * <pre>
 *   events        a   b c   d     e
 *   hops         |  . | . . | .   | .      of the finest window; others' begin where one of these does
 *   positions     0   1     2      3       of a, b, d, e: a window from hop 2 on is from position 1 on
 * </pre>
 */
final class WindowTails {
  private static final long NOTHING = Long.MAX_VALUE;
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final Window[] windows;
  private final boolean[] lifetimes;
  private final int sessions;
  private final long reach;

  /** The different hops; the first {@code independent} of them are no multiples of one another. */
  private final long[] hops;

  private final int independent;
  private final int[] hopOf;

  /** The end of each hop that the last event is in. */
  private final long[] hopEnds;

  private final boolean[] newHops;

  /** The least of the ends of the independent hops. */
  private long nextHop;

  /** Whether the hops of windows other than the finest are asked for. */
  private boolean eachHop;

  private final long[] sessionStarts;
  private long[] times = new long[8];
  private long head;
  private long end;
  private long last;
  private boolean newHop;
  private final long[] starts;
  private final long[] firsts;

  /** Of the sliding windows; 0 for others. */
  private final long[] slidingLengths;

  private final long[] slidingHops;

  WindowTails(List<Window> windows) {
    this.windows = windows.toArray(Window[]::new);
    this.lifetimes = new boolean[windows.size()];
    this.slidingLengths = new long[windows.size()];
    this.slidingHops = new long[windows.size()];
    for (int i = 0; i < windows.size(); i++) {
      lifetimes[i] = windows.get(i).isLifetime();
      if (windows.get(i).kind() == Window.Kind.SLIDING) {
        slidingLengths[i] = windows.get(i).length();
        slidingHops[i] = windows.get(i).hop();
      }
    }
    this.sessions = (int) windows.stream().filter(Window::isSession).count();
    this.reach =
        windows.stream()
            .filter(window -> window.kind() == Window.Kind.SLIDING)
            .mapToLong(window -> window.length() + window.hop())
            .max()
            .orElse(0);
    long[] ascending = windows.stream().mapToLong(Window::hop).distinct().sorted().toArray();
    this.hops = new long[ascending.length];
    int independents = 0;
    int multiples = ascending.length;
    for (long hop : ascending) {
      boolean multiple = Arrays.stream(hops, 0, independents).anyMatch(finer -> hop % finer == 0);
      hops[multiple ? --multiples : independents++] = hop;
    }
    this.independent = independents;
    this.hopOf =
        windows.stream()
            .mapToInt(
                window -> {
                  int index = 0;
                  while (hops[index] != window.hop()) {
                    index++;
                  }
                  return index;
                })
            .toArray();
    this.hopEnds = new long[hops.length];
    this.newHops = new boolean[hops.length];
    this.sessionStarts = new long[windows.size()];
    this.starts = new long[windows.size()];
    this.firsts = new long[windows.size()];
    clear();
  }

  /** Has {@link #newHop(int)} told. */
  void tellEachHop() {
    eachHop = true;
  }

  void clear() {
    Arrays.fill(hopEnds, UNKNOWN);
    nextHop = UNKNOWN;
    Arrays.fill(starts, Long.MIN_VALUE);
    Arrays.fill(firsts, 0);
    head = 0;
    end = 0;
    last = Long.MIN_VALUE;
  }

  /** The next event; {@code time} is not before any seen. */
  void event(long time) {
    if (sessions > 0) {
      beginSessions(time);
    }
    newHop = time >= nextHop;
    if (newHop) {
      beginHops(time);
      push(time);
    }
    last = time;
  }

  /** Has the hops begin that the time is not in any more, at least one of the independent. */
  private void beginHops(long time) {
    nextHop = NOTHING;
    for (int i = 0; i < (eachHop ? hops.length : independent); i++) {
      newHops[i] = isNewHop(i, time);
      nextHop = i < independent ? Math.min(nextHop, hopEnds[i]) : nextHop;
    }
  }

  private boolean isNewHop(int index, long time) {
    if (time < hopEnds[index]) {
      return false;
    }
    hopEnds[index] = Window.floor(time, hops[index]) + hops[index];
    return true;
  }

  private void beginSessions(long time) {
    for (int i = 0; i < windows.length; i++) {
      if (windows[i].isSession()
          && (last == Long.MIN_VALUE || time - last >= windows[i].length())) {
        sessionStarts[i] = time;
      }
    }
  }

  private void push(long time) {
    if (end - head == times.length) {
      makeRoom();
    }
    times[at(end++)] = time;
  }

  private void makeRoom() {
    long keep = keepFrom();
    while (head < end && times[at(head)] < keep) {
      head++;
    }
    if (end - head == times.length) {
      long[] longer = new long[times.length * 2];
      for (long position = head; position < end; position++) {
        longer[(int) position & (longer.length - 1)] = times[at(position)];
      }
      times = longer;
    }
  }

  private int at(long position) {
    return (int) position & (times.length - 1);
  }

  /** Whether the last event is the first of a hop of any window. */
  boolean newHop() {
    return newHop;
  }

  /** Whether the last event is the first of a hop of one window, after {@link #tellEachHop}. */
  boolean newHop(int window) {
    return newHop && newHops[hopOf[window]];
  }

  /** A time before which no event can be in any window any more, lifetimes aside. */
  long keepFrom() {
    long keep = last - reach;
    for (int i = 0; sessions > 0 && i < windows.length; i++) {
      keep = windows[i].isSession() ? Math.min(keep, sessionStarts[i]) : keep;
    }
    return keep;
  }

  /** A time before which no event can be in one window any more. */
  long keepFrom(int window) {
    Window of = windows[window];
    return of.isLifetime()
        ? Long.MIN_VALUE
        : of.isSession() ? sessionStarts[window] : last - of.length() - of.hop();
  }

  /** Takes note of the time asked for. */
  void ask(long time) {
    long oldest = end;
    for (int i = 0; i < windows.length; i++) {
      starts[i] = start(i, time);
      long first = Math.max(firsts[i], head);
      while (first < end && times[at(first)] < starts[i]) {
        first++;
      }
      firsts[i] = first;
      oldest = lifetimes[i] ? oldest : Math.min(oldest, first);
    }
    head = oldest;
  }

  private long start(int i, long time) {
    if (slidingHops[i] > 0) {
      return Window.floor(time - slidingLengths[i], slidingHops[i]);
    }
    Window window = windows[i];
    return switch (window.kind()) {
      case LIFETIME -> Long.MIN_VALUE;
      case SESSION ->
          last != Long.MIN_VALUE && time - last < window.length() ? sessionStarts[i] : NOTHING;
      case SLIDING -> window.start(time);
    };
  }

  int size() {
    return windows.length;
  }

  boolean isLifetime(int window) {
    return lifetimes[window];
  }

  /** The first time of a window at the time asked for. */
  long start(int window) {
    return starts[window];
  }

  /** The position of the first hop in a window at the time asked for; {@link #end} for none. */
  long first(int window) {
    return firsts[window];
  }

  /** The position of the oldest hop that is kept. */
  long head() {
    return head;
  }

  /** The position after the newest hop. */
  long end() {
    return end;
  }

  /** Whether no window at the time asked for holds an event. */
  boolean isEmpty() {
    for (long start : starts) {
      if (last != Long.MIN_VALUE && last >= start) {
        return false;
      }
    }
    return true;
  }
}
