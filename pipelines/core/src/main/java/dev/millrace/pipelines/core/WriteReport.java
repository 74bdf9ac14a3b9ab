package dev.millrace.pipelines.core;

import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Rule;
import java.util.List;

/**
 * What a run left behind.
 *
 * @param location where the rows are
 * @param version the table's version that holds them; empty where the sink has none
 * @param rows how many they are
 * @param unchanged whether they were there already, so that nothing was written
 * @param expectations how the data did, in the plan's order; empty without an {@link Expect}
 */
public record WriteReport(
    String location,
    String version,
    long rows,
    boolean unchanged,
    List<ExpectationResult> expectations) {
  public WriteReport {
    expectations = List.copyOf(expectations);
  }

  /**
   * How the data did by one expectation.
   *
   * @param breaches rows that broke the rule, before any was set aside; 1 for a number of all rows
   *     that did
   */
  public record ExpectationResult(String rule, Action action, long breaches) {
    /** How a number of all rows did; the rule names it where it is out of bounds. */
    public static ExpectationResult of(Rule.Metric rule, Action action, double value) {
      boolean holds = rule.holds(value);
      return new ExpectationResult(
          holds ? rule.breach() : rule.breach(value), action, holds ? 0 : 1);
    }
  }

  /** Rows set aside, each counted once for each reason. */
  public long quarantined() {
    return expectations.stream()
        .filter(result -> result.action() == Action.QUARANTINE)
        .mapToLong(ExpectationResult::breaches)
        .sum();
  }
}
