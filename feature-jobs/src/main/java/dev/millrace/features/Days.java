package dev.millrace.features;

import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Write;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.Function;
import java.util.stream.Stream;

/** Whole days in UTC, from {@code start} to before {@code end}. */
public record Days(LocalDate start, LocalDate end) {
  public Days {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "The days from " + start + " to before " + end + " are none. Put the earlier day first.");
    }
  }

  /** The one day. */
  public static Days of(LocalDate day) {
    return new Days(day, day.plusDays(1));
  }

  /** The days of an interval. */
  static Days of(Interval interval) {
    return new Days(
        LocalDate.ofInstant(interval.start(), ZoneOffset.UTC),
        LocalDate.ofInstant(interval.end(), ZoneOffset.UTC));
  }

  public boolean contains(LocalDate day) {
    return !day.isBefore(start) && day.isBefore(end);
  }

  /** Each of them. */
  public Stream<LocalDate> each() {
    return start.datesUntil(end);
  }

  /** The days as an interval of a column of dates. */
  Interval of(String column) {
    return Interval.days(column, start, end);
  }

  /** What is written of all of them in one commit, each found done alone. */
  Write together(Function<Days, Write> plan) {
    Write whole = plan.apply(this);
    return new Write(whole.input(), whole.sink(), each().map(Days::of).map(plan).toList());
  }

  @Override
  public String toString() {
    return start.plusDays(1).equals(end) ? start.toString() : start + " to " + end.minusDays(1);
  }
}
