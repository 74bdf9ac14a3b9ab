package dev.millrace.transforms.window;

/**
 * Where one window begins, as events pass; knows the times of events and nothing of their values.
 */
final class WindowTail {
  private static final long NOTHING = Long.MAX_VALUE;

  private final Window window;
  private final boolean session;
  private final boolean lifetime;
  private final long hop;
  private final long reach;
  private boolean any;
  private long last;
  private long sessionStart;
  private long hopEnd;
  private boolean newHop;

  WindowTail(Window window) {
    this.window = window;
    this.session = window.isSession();
    this.lifetime = window.isLifetime();
    this.hop = window.hop();
    this.reach = window.length() + window.hop();
  }

  void clear() {
    any = false;
  }

  /** The next event; {@code time} is not before any seen. */
  void event(long time) {
    if (session && (!any || time - last >= window.length())) {
      sessionStart = time;
    }
    newHop = !any || time >= hopEnd;
    if (newHop) {
      // The next hop, or one found by a division, which is slow.
      hopEnd = any && time - hopEnd < hop ? hopEnd + hop : Window.floor(time, hop) + hop;
    }
    any = true;
    last = time;
  }

  boolean isLifetime() {
    return lifetime;
  }

  /** Whether the last event is the first of its hop. */
  boolean newHop() {
    return newHop;
  }

  /** A time before which no event can be in the window any more, cheap and not the latest such. */
  long keepFrom() {
    return lifetime ? Long.MIN_VALUE : session ? sessionStart : last - reach;
  }

  /** The first time of the window at {@code time}. */
  long start(long time) {
    if (session) {
      return any && time - last < window.length() ? sessionStart : NOTHING;
    }
    return window.start(time);
  }

  /** Whether the window at {@code time} holds no event. */
  boolean isEmpty(long time) {
    return !any || last < start(time);
  }
}
