package dev.millrace.transforms.window;

import dev.millrace.transforms.problem.MillraceException;
import java.io.Serializable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A span of time behind a moment. It slides exactly at its head and in hops at its tail: of a
 * length <i>W</i> and a hop <i>h</i>, the window at time <i>t</i> is {@code [floor(t - W, h), t)},
 * so an event at <i>t</i> is not in it, and the window is longer than <i>W</i> by less than
 * <i>h</i>. Hops start at 1970-01-01T00:00:00Z. Unless given, the hop is the largest of a minute,
 * five minutes, an hour and a day with which the window is at most 2 % too long.
 *
 * @param name how feature names end for it: {@code 24h}
 * @param length in microseconds
 * @param hop in microseconds
 */
public record Window(String name, long length, long hop) implements Serializable {
  private static final long SECOND = 1_000_000L;
  private static final List<Long> HOPS =
      List.of(86_400 * SECOND, 3_600 * SECOND, 300 * SECOND, 60 * SECOND);
  private static final long PARTS = 50;
  private static final long FOREVER = Long.MAX_VALUE / 4;

  public Window {
    if (length <= 0) {
      throw MillraceException.because(
          "Window '" + name + "' has a length of " + span(length),
          "a window looks back over time that has passed",
          "Give a positive length");
    }
    if (hop <= 0 || hop > length) {
      throw MillraceException.because(
          "Window '" + name + "' has a hop of " + span(hop),
          "a hop is positive and at most the window's length of " + span(length),
          "Give a hop between the two, or none to have it chosen");
    }
  }

  /** Of 50 minutes or more; a shorter one takes a hop, as {@link #minutes(int, Duration)}. */
  public static Window minutes(int count) {
    return of(count + "m", Duration.ofMinutes(count));
  }

  /** A window with a tail that moves in these steps. */
  public static Window minutes(int count, Duration hop) {
    return new Window(count + "m", micros(Duration.ofMinutes(count)), micros(hop));
  }

  public static Window hours(int count) {
    return of(count + "h", Duration.ofHours(count));
  }

  public static Window days(int count) {
    return of(count + "d", Duration.ofDays(count));
  }

  /** All that ever was before the moment. */
  public static Window lifetime() {
    return new Window("all", FOREVER, FOREVER);
  }

  private static Window of(String name, Duration length) {
    long micros = micros(length);
    for (long hop : HOPS) {
      if (hop <= micros / PARTS) {
        return new Window(name, micros, hop);
      }
    }
    if (micros > 0) {
      throw MillraceException.because(
          "Window '" + name + "' has no hop",
          "with the least one, a minute, it would be more than 2 % too long",
          "Give one, as in minutes(%d, Duration.ofSeconds(%d))"
              .formatted(length.toMinutes(), micros / PARTS / SECOND));
    }
    return new Window(name, micros, 1);
  }

  /** The same window with a tail that moves in these steps. */
  public Window withHop(Duration hop) {
    return new Window(name, length, micros(hop));
  }

  private static long micros(Duration duration) {
    return Math.addExact(
        Math.multiplyExact(duration.getSeconds(), SECOND), duration.getNano() / 1000);
  }

  private static Duration span(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  /** The first microsecond of the window at a time. */
  public long start(long time) {
    return isLifetime() ? Long.MIN_VALUE : floor(time - length, hop);
  }

  public boolean isLifetime() {
    return length == FOREVER;
  }

  /** The start of the hop that a time falls into. */
  public static long floor(long time, long hop) {
    return Math.floorDiv(time, hop) * hop;
  }
}
