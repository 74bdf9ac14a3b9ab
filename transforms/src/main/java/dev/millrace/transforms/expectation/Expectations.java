package dev.millrace.transforms.expectation;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expression.Expressions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What can be expected of data. Unless said otherwise, a breach fails the run. */
public final class Expectations {
  private Expectations() {}

  public static Expectation notNull(String column) {
    return expectation(new Rule.NotNull(column));
  }

  /** The number is within the bounds, which are allowed themselves. */
  public static Expectation between(String column, double least, double most) {
    return expectation(new Rule.Between(column, least, most));
  }

  /**
   * No two rows agree in all of these columns; one of those that do is kept. Nulls agree with
   * nulls.
   */
  public static Expectation unique(String... columns) {
    return expectation(new Rule.Unique(List.of(columns)));
  }

  /** A condition of Spark SQL holds for the row, or is null. */
  public static Expectation satisfies(String condition) {
    return satisfies(condition, "not (" + condition + ")");
  }

  /**
   * The same, with words for the rows for which it is false: {@code "arrives before it departs"}.
   */
  public static Expectation satisfies(String condition, String breach) {
    return expectation(new Rule.Satisfies(condition, breach));
  }

  /** The text is one of these. */
  public static Expectation oneOf(String column, String... values) {
    String listed =
        Arrays.stream(values).map(Expectations::literal).collect(Collectors.joining(", "));
    return satisfies(
        Expressions.quoted(column) + " in (" + listed + ")",
        column + " is not one of " + Arrays.toString(values));
  }

  /** A regular expression of Java finds something in the text; {@code ^} and {@code $} bind it. */
  public static Expectation matches(String column, String pattern) {
    return satisfies(
        Expressions.quoted(column) + " rlike " + literal(pattern),
        column + " does not match " + pattern);
  }

  /** A number made of all rows, by any aggregation that gives one, is within the bounds. */
  public static Expectation metric(String name, AggregateCall call, double least, double most) {
    return expectation(new Rule.Metric(name, call, new Bounds.Within(least, most)));
  }

  /**
   * A number made of all rows is not unusual: within so many standard deviations of the mean of
   * what it was in earlier runs that published. Those are runs over as many days, of days before,
   * or over all rows; of the last hundred.
   *
   * @param runs while there were fewer, anything holds
   */
  public static Expectation usual(String name, AggregateCall call, double deviations, int runs) {
    return expectation(new Rule.Metric(name, call, new Bounds.Deviations(deviations, runs)));
  }

  /**
   * A number made of all rows is between {@code least} and {@code most} times what it was in the
   * last of the runs that {@link #usual} looks at.
   */
  public static Expectation steady(String name, AggregateCall call, double least, double most) {
    return expectation(new Rule.Metric(name, call, new Bounds.Ratio(least, most)));
  }

  /**
   * The newest of the column's times, or days, is at most so old: at the end of the days that come
   * in, or now, where that is earlier or all rows come in. A run that finds nothing new is held
   * against it again.
   */
  public static Expectation fresh(String column, Duration most) {
    AggregateCall newest =
        Aggregations.max("unix_micros(timestamp(" + Expressions.quoted(column) + "))");
    return expectation(new Rule.Metric("newest " + column, newest, new Bounds.Age(most)));
  }

  /** What the rows are read from has no columns beside those that are declared. */
  public static Expectation onlyDeclaredColumns() {
    return expectation(new Rule.OnlyDeclared());
  }

  /** There are so many rows. */
  public static Expectation rowCount(long least, long most) {
    return metric("row count", Aggregations.count(), (double) least, (double) most);
  }

  /** At least this share of the rows, 0 to 1, has a value in the column; so it is of no rows. */
  public static Expectation completeness(String column, double least) {
    String present = "if(" + Expressions.quoted(column) + " is null, 0D, 1D)";
    return expectation(
        new Rule.Metric(
            "completeness of " + column, Aggregations.avg(present), new Bounds.Share(least)));
  }

  /** The mean of the column's values is within the bounds. */
  public static Expectation mean(String column, double least, double most) {
    return metric("mean of " + column, Aggregations.avg(Expressions.quoted(column)), least, most);
  }

  /** The sum of the column's values is within the bounds. */
  public static Expectation sum(String column, double least, double most) {
    return metric("sum of " + column, Aggregations.sum(Expressions.quoted(column)), least, most);
  }

  /**
   * A quantile of the column's values is within the bounds, give or take the relative error of
   * {@link Aggregations#approxPercentile}.
   *
   * @param share 0 to 1: 0.5 for the median
   */
  public static Expectation quantile(String column, double share, double least, double most) {
    return metric(
        "quantile " + share + " of " + column,
        Aggregations.approxPercentile(Expressions.quoted(column), share),
        least,
        most);
  }

  /** The column has so many different values, give or take 1.6 %. */
  public static Expectation distinctCount(String column, long least, long most) {
    return metric(
        "distinct count of " + column,
        Aggregations.approxCountDistinct(Expressions.quoted(column)),
        (double) least,
        (double) most);
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static Expectation expectation(Rule rule) {
    return new Expectation(rule, Action.FAIL);
  }
}
