package dev.millrace.transforms.window;

/** The tails of windows that one or several aggregations share, and what they say together. */
final class WindowTails {
  private final WindowTail[] tails;
  private final long[] starts;
  private boolean newHop;
  private long keepFrom;

  WindowTails(WindowTail[] tails) {
    this.tails = tails;
    this.starts = new long[tails.length];
  }

  /** Takes note of an event that each tail has seen. */
  void event() {
    newHop = false;
    keepFrom = Long.MAX_VALUE;
    for (WindowTail tail : tails) {
      newHop |= tail.newHop();
      if (!tail.isLifetime()) {
        keepFrom = Math.min(keepFrom, tail.keepFrom());
      }
    }
  }

  /** Takes note of the time asked for. */
  void ask(long time) {
    for (int i = 0; i < tails.length; i++) {
      starts[i] = tails[i].start(time);
    }
  }

  int size() {
    return tails.length;
  }

  WindowTail tail(int window) {
    return tails[window];
  }

  /** The first time of a window at the time asked for. */
  long start(int window) {
    return starts[window];
  }

  /** Whether the last event is the first of a hop of any window. */
  boolean newHop() {
    return newHop;
  }

  /** A time before which no event can be in any window any more, lifetimes aside. */
  long keepFrom() {
    return keepFrom;
  }
}
