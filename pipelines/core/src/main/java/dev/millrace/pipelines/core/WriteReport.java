package dev.millrace.pipelines.core;

import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Rule;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run left behind.
 *
 * @param location where the rows are
 * @param version the table's version that holds them; empty where the sink has none
 * @param rows how many they are
 * @param unchanged whether they were there already, so that nothing was written
 * @param expectations how the data did, in the plan's order; empty without an {@link Expect}
 * @param read the version of each location that the rows are made of, by the location's text
 */
public record WriteReport(
    String location,
    String version,
    long rows,
    boolean unchanged,
    List<ExpectationResult> expectations,
    Map<String, String> read)
    implements Serializable {
  public WriteReport {
    expectations = List.copyOf(expectations);
    read = Map.copyOf(read);
  }

  /** The same, of a run that did or did not find all there already. */
  public WriteReport unchanged(boolean found) {
    return new WriteReport(location, version, rows, found, expectations, read);
  }

  /**
   * How the data did by one expectation.
   *
   * @param breaches rows that broke the rule, before any was set aside; of what no single row
   *     breaks, 1, or the columns that are not declared
   * @param measured the number of all rows that was looked at; null for rules of rows
   */
  public record ExpectationResult(
      String rule, Action action, long breaches, @Nullable Measured measured)
      implements Serializable {
    /** How rows did. */
    public ExpectationResult(String rule, Action action, long breaches) {
      this(rule, action, breaches, null);
    }

    /** How a number of all rows did; the rule names it where it is out of bounds. */
    public static ExpectationResult of(
        Rule.Metric rule, Action action, double value, Bounds.Past past) {
      boolean holds = rule.holds(value, past);
      return new ExpectationResult(
          holds ? rule.breach() : rule.breach(value, past),
          action,
          holds ? 0 : 1,
          new Measured(rule.name(), rule.call().toString(), value));
    }

    /** How the columns did that are not declared. */
    public static ExpectationResult of(
        Rule.OnlyDeclared rule, Action action, Collection<String> others) {
      return new ExpectationResult(rule.breach(others), action, others.size());
    }
  }

  /** A number of all rows: what it is called, what it is made of, and what it was. */
  public record Measured(String name, String call, double value) implements Serializable {}

  /** Rows set aside, each counted once for each reason. */
  public long quarantined() {
    return expectations.stream()
        .filter(result -> result.action() == Action.QUARANTINE)
        .mapToLong(ExpectationResult::breaches)
        .sum();
  }
}
