package dev.millrace.pipelines.core;

import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The rows whose time is in {@code [start, end)}.
 *
 * @param column a timestamp, or a date, which stands for its midnight in UTC
 */
public record Interval(String column, Instant start, Instant end) implements Serializable {
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  public Interval {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "the interval [" + start + ", " + end + ") of " + column + " is empty");
    }
  }

  /** Whole days of a column of dates. */
  public static Interval days(String column, LocalDate start, LocalDate end) {
    return new Interval(column, midnight(start), midnight(end));
  }

  /** All before a day of a column of dates. */
  public static Interval before(String column, LocalDate end) {
    return new Interval(column, EARLIEST, midnight(end));
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  public boolean overlaps(Interval other) {
    return start.isBefore(other.end) && other.start.isBefore(end);
  }

  /** Whether all of the other lies in this one. */
  public boolean contains(Interval other) {
    return column.equals(other.column) && !other.start.isBefore(start) && !end.isBefore(other.end);
  }

  /** The least interval that contains both, which are of one column. */
  public Interval and(Interval other) {
    return new Interval(
        column,
        start.isBefore(other.start) ? start : other.start,
        end.isAfter(other.end) ? end : other.end);
  }

  /** Adds why rows of the schema have no such interval. */
  void check(Schema schema, String where, Problems problems) {
    if (!schema.has(column)) {
      problems.add(Problem.unknown("interval column", column, where, schema.names()));
      return;
    }
    boolean isDate = schema.column(column).type().equals(PrimitiveType.DATE);
    if (!isDate && !schema.column(column).type().equals(PrimitiveType.TIMESTAMP)) {
      problems.add(
          "Interval column '"
              + column
              + "' of "
              + where
              + " is a "
              + schema.column(column).type().sql(),
          "an interval is of times",
          "Name a column of timestamps or dates");
    } else if (isDate && !(isMidnight(start) && isMidnight(end))) {
      problems.add(
          "The interval from " + start + " to " + end + " of " + where + " ends within a day",
          "column '" + column + "' holds dates",
          "Give whole days of UTC");
    }
  }

  private static boolean isMidnight(Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalTime().toNanoOfDay() == 0;
  }

  /** The interval as a condition of Spark SQL on rows of the schema. */
  public String condition(Schema schema) {
    boolean isDate = schema.column(column).type().equals(PrimitiveType.DATE);
    String name = Expressions.quoted(column);
    return name + " >= " + literal(start, isDate) + " and " + name + " < " + literal(end, isDate);
  }

  private static String literal(Instant time, boolean isDate) {
    return isDate
        ? "date'" + time.atZone(ZoneOffset.UTC).toLocalDate() + "'"
        : "timestamp'" + time + "'";
  }

  @Override
  public String toString() {
    return column + " from " + start + " to " + end;
  }
}
