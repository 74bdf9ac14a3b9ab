package dev.millrace.transforms.expectation;

import java.util.List;

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

  private static Expectation expectation(Rule rule) {
    return new Expectation(rule, Action.FAIL);
  }
}
