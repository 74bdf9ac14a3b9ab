package dev.millrace.features;

import dev.millrace.pipelines.core.Emit;
import dev.millrace.transforms.type.Micros;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

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

  /** The days, in UTC, that have at least one of the times. */
  public List<LocalDate> days() {
    List<LocalDate> days = new ArrayList<>();
    Instant time = start.plus(period);
    while (!time.isAfter(end)) {
      LocalDate day = time.atZone(ZoneOffset.UTC).toLocalDate();
      days.add(day);
      time = firstFrom(midnight(day.plusDays(1)));
    }
    return days;
  }

  /** The days, in UTC, whose events the times cover. */
  public Days events() {
    LocalDate last = end.minusNanos(1000).atZone(ZoneOffset.UTC).toLocalDate();
    return new Days(start.atZone(ZoneOffset.UTC).toLocalDate(), last.plusDays(1));
  }

  /**
   * The times within some days, of which at least one has a time.
   *
   * @throws IllegalArgumentException where none has
   */
  Emit.Every within(Days days) {
    Instant first = firstFrom(midnight(days.start()));
    Instant beyond = midnight(days.end());
    Instant afterLast = end.plus(period);
    return new Emit.Every(first, afterLast.isBefore(beyond) ? afterLast : beyond, micros());
  }

  /** The first of the times that is not before this one. */
  private Instant firstFrom(Instant earliest) {
    long passed = Micros.of(earliest) - Micros.of(start);
    long steps = Math.max(1, -Math.floorDiv(-passed, micros()));
    return start.plus(period.multipliedBy(steps));
  }

  private long micros() {
    return period.toNanos() / 1000;
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
