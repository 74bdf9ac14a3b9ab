package dev.millrace.training;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The time from {@code start} to before {@code end}. */
public record Period(Instant start, Instant end) {
  public Period {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "The period from " + start + " to " + end + " is empty. Put the earlier time first.");
    }
  }

  /** Whole days in UTC: {@code days("2001-01-08", "2001-01-29")} ends as the 29th begins. */
  public static Period days(String first, String end) {
    return new Period(midnight(first), midnight(end));
  }

  private static Instant midnight(String day) {
    return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** As a condition of Spark SQL on a timestamp. */
  public String condition(String time) {
    return "(" + time + " >= timestamp'" + start + "' and " + time + " < timestamp'" + end + "')";
  }

  boolean overlaps(Period other) {
    return start.isBefore(other.end) && other.start.isBefore(end);
  }
}
