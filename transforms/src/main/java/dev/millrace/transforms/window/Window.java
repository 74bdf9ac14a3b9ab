package dev.millrace.transforms.window;

import dev.millrace.transforms.problem.Problem;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A span of time behind a moment, of one of these kinds. An event at the moment itself is in none.
 *
 * <ul>
 *   <li><b>Sliding</b>: exactly at its head and in hops at its tail. Of a length <i>W</i> and a hop
 *       <i>h</i>, the window at <i>t</i> is {@code [floor(t - W, h), t)}, longer than <i>W</i> by
 *       less than <i>h</i>. Hops start at 1970-01-01T00:00:00Z. Unless given, the hop is the
 *       largest of a minute, five minutes, an hour and a day with which the window is at most 2 %
 *       too long; where none is, as under 50 minutes, the window is exact.
 *   <li><b>Exact</b>: sliding with a hop of a microsecond, {@code [t - W, t)}. Its events are kept
 *       singly, so it costs memory and tiles by the event.
 *   <li><b>Lifetime</b>: all that ever was before <i>t</i>.
 *   <li><b>Session</b>: the run of events before <i>t</i> that an event at <i>t</i> would continue,
 *       each within less than the gap of the next and the last within less than the gap of
 *       <i>t</i>; empty where the last is further back. Not kept as tiles: see {@link TileLayout}.
 * </ul>
 *
 * @param name how feature names end for it: {@code 24h}
 * @param length in microseconds; of a session, the gap
 * @param hop in microseconds
 */
public record Window(String name, Kind kind, long length, long hop) implements Serializable {
  /** What bounds the window's tail. */
  public enum Kind {
    SLIDING,
    LIFETIME,
    SESSION
  }

  static final long SECOND = 1_000_000L;

  /** In microseconds, longest first. */
  static final List<Long> HOPS =
      List.of(86_400 * SECOND, 3_600 * SECOND, 300 * SECOND, 60 * SECOND);

  private static final long PARTS = 50;
  private static final long EXACT = 1;
  private static final long FOREVER = Long.MAX_VALUE / 4;
  private static final long LONGEST = 3_652_500L * 86_400 * SECOND;

  /** A sliding window. */
  public Window(String name, long length, long hop) {
    this(name, Kind.SLIDING, length, hop);
  }

  public static Window seconds(int count) {
    return of(count + "s", Duration.ofSeconds(count));
  }

  public static Window minutes(int count) {
    return of(count + "m", Duration.ofMinutes(count));
  }

  public static Window hours(int count) {
    return of(count + "h", Duration.ofHours(count));
  }

  public static Window days(int count) {
    return of(count + "d", Duration.ofDays(count));
  }

  /** All that ever was before the moment. */
  public static Window lifetime() {
    return new Window("all", Kind.LIFETIME, FOREVER, FOREVER);
  }

  /** The session that is open at the moment; named {@code session_30m} for a gap of 30 minutes. */
  public static Window session(Duration gap) {
    String name = "session_" + shortText(gap);
    return new Window(name, Kind.SESSION, micros(gap), EXACT);
  }

  private static Window of(String name, Duration length) {
    long micros = micros(length);
    for (long hop : HOPS) {
      if (hop <= micros / PARTS) {
        return new Window(name, micros, hop);
      }
    }
    return new Window(name, micros, EXACT);
  }

  /** The same window with a tail that moves in these steps. */
  public Window withHop(Duration step) {
    return new Window(name, kind, length, micros(step));
  }

  /** The same window with a tail that is as exact as its head: {@code [t - W, t)}. */
  public Window exact() {
    return new Window(name, kind, length, EXACT);
  }

  /**
   * Why there is no such window, if so: a definition that uses it reports that with all else.
   *
   * @param user what it is a window of, as the message names it
   */
  public Optional<Problem> problem(String user) {
    String window = "Window '" + name + "' of " + user;
    if (kind == Kind.SESSION && length <= 0) {
      return Optional.of(
          new Problem(
              window + " has a gap of " + text(length),
              "a session ends when nothing happens for a while",
              "Give a positive gap"));
    }
    if (length <= 0) {
      return Optional.of(
          new Problem(
              window + " has a length of " + text(length),
              "a window looks back over time that has passed",
              "Give a positive length"));
    }
    if (kind != Kind.LIFETIME && length > LONGEST) {
      return Optional.of(
          new Problem(
              window + " is longer than 10,000 years",
              "no event is that old",
              "Use Window.lifetime()"));
    }
    if (kind == Kind.LIFETIME && hop != FOREVER) {
      return Optional.of(
          new Problem(
              window + " takes no hop", "a lifetime has no tail that moves", "Leave the hop away"));
    }
    if (kind == Kind.SESSION && hop != EXACT) {
      return Optional.of(
          new Problem(
              window + " takes no hop",
              "a session's tail is its first event",
              "Leave the hop away"));
    }
    if (hop <= 0 || hop > length) {
      return Optional.of(
          new Problem(
              window + " has a hop of " + text(hop),
              "a hop is positive and at most the window's length of " + text(length),
              "Give a hop between the two, or none to have it chosen"));
    }
    return Optional.empty();
  }

  /**
   * The first microsecond of the window at a time.
   *
   * @throws IllegalStateException for a session, whose start its events decide
   */
  public long start(long time) {
    return switch (kind) {
      case SLIDING -> floor(time - length, hop);
      case LIFETIME -> Long.MIN_VALUE;
      case SESSION -> throw new IllegalStateException("the events decide where a session starts");
    };
  }

  public boolean isLifetime() {
    return kind == Kind.LIFETIME;
  }

  public boolean isSession() {
    return kind == Kind.SESSION;
  }

  /** Whether the tail is as exact as the head. */
  public boolean isExact() {
    return hop == EXACT;
  }

  /** The start of the hop that a time falls into. */
  public static long floor(long time, long hop) {
    return Math.floorDiv(time, hop) * hop;
  }

  /** {@code 24h, hop PT5M}; {@code 30m, exact}; {@code all}; {@code session_30m}. */
  @Override
  public String toString() {
    return kind != Kind.SLIDING ? name : name + (isExact() ? ", exact" : ", hop " + text(hop));
  }

  /** A length beyond any window's, to either side, is one too long all the same. */
  private static long micros(Duration length) {
    long most = LONGEST / SECOND + 1;
    long seconds = Math.max(-most, Math.min(length.getSeconds(), most));
    return seconds * SECOND + length.getNano() / 1000;
  }

  private static Duration text(long micros) {
    return Duration.ofSeconds(Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1000);
  }

  private static String shortText(Duration length) {
    return length.toString().replaceFirst("^PT", "").replace('.', '_').toLowerCase(Locale.ROOT);
  }
}
