package dev.millrace.features;

import java.time.Duration;
import java.time.Instant;

/**
 * The times at which a view's values are kept: {@code start + period}, {@code start + 2 period},
 * ... up to and with {@code end}. The value at a time is of the events before it, so the times
 * cover the events of {@code [start, end)}.
 */
public record Schedule(Instant start, Instant end, Duration period) {
  public Schedule {
    if (period.isNegative() || period.isZero() || !start.isBefore(end)) {
      throw new IllegalArgumentException(
          "A schedule from " + start + " to " + end + " every " + period + " has no time in it.");
    }
    if (Duration.between(start, end).toNanos() % period.toNanos() != 0) {
      throw new IllegalArgumentException(
          "A schedule from "
              + start
              + " to "
              + end
              + " every "
              + period
              + " does not end at one of its times. Give a length that the period divides.");
    }
  }
}
