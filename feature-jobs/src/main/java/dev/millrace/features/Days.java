package dev.millrace.features;

import java.time.LocalDate;
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

  public boolean contains(LocalDate day) {
    return !day.isBefore(start) && day.isBefore(end);
  }

  /** Each of them. */
  public Stream<LocalDate> each() {
    return start.datesUntil(end);
  }

  @Override
  public String toString() {
    return start.plusDays(1).equals(end) ? start.toString() : start + " to " + end.minusDays(1);
  }
}
