package dev.millrace.pipelines.core;

import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What one pass over the rows found.
 *
 * <p>An interval may have no rows: rules of rows hold then, and what is expected of all rows is
 * judged by its number of none, which is 0 for a count, and for a mean, a sum or the newest time is
 * none and out of bounds, as it is where all values are null. A run over all rows must have some,
 * and so must an interval of which all rows were set aside.
 *
 * @param ofInterval whether the rows are those of an interval, and not all
 * @param accepted rows with no reason to be set aside
 * @param breaches rows that broke each expectation; 0 for what no single row breaks
 * @param left those of them that were not set aside
 * @param metrics the numbers of all rows that were not set aside
 * @param past what each of those is held against
 * @param undeclared columns of what the rows were read from
 */
public record Findings(
    List<Expectation> expectations,
    boolean ofInterval,
    long accepted,
    List<Long> breaches,
    List<Long> left,
    Map<Rule, Double> metrics,
    Map<Rule, Bounds.Past> past,
    Set<String> undeclared) {
  /** The number of all rows that a rule asks for. */
  public double metric(Rule.Metric rule) {
    return Objects.requireNonNull(metrics.get(rule));
  }

  /** What a rule's number is held against. */
  public Bounds.Past past(Rule.Metric rule) {
    return Objects.requireNonNull(past.get(rule));
  }

  /** The share of the accepted rows that hold an expectation. */
  public double compliance(int expectation) {
    return accepted == 0 ? Double.NaN : (double) (accepted - left.get(expectation)) / accepted;
  }

  /** Whether there should be rows, and none is left. */
  public boolean lacksRows() {
    return accepted == 0 && (!ofInterval || isAnySetAside());
  }

  private boolean isAnySetAside() {
    return IntStream.range(0, expectations.size())
        .anyMatch(i -> expectations.get(i).action() == Action.QUARANTINE && breaches.get(i) > 0);
  }

  /** What stops the run, in the order of the expectations; empty where nothing does. */
  public List<String> failures() {
    List<String> failures = new ArrayList<>();
    if (lacksRows()) {
      failures.add("no row is left");
    }
    for (int i = 0; i < expectations.size(); i++) {
      if (expectations.get(i).action() != Action.WARN) {
        failure(i).ifPresent(failures::add);
      }
    }
    return failures;
  }

  private Optional<String> failure(int index) {
    Rule rule = expectations.get(index).rule();
    if (rule instanceof Rule.Metric metric) {
      double value = metric(metric);
      return metric.holds(value, past(metric))
          ? Optional.empty()
          : Optional.of(metric.breach(value, past(metric)));
    }
    if (rule instanceof Rule.OnlyDeclared declared) {
      return undeclared.isEmpty() ? Optional.empty() : Optional.of(declared.breach(undeclared));
    }
    return left.get(index) == 0 ? Optional.empty() : Optional.of(rule.breach());
  }

  /** Why nothing of a run is published. */
  public static MillraceException refused(String definition, List<String> failures) {
    return MillraceException.because(
        "The data of " + definition + " does not hold what is expected of it",
        String.join("; ", failures),
        "Nothing was published. Mend the data, or quarantine such rows with orQuarantine()");
  }

  /** How the rows did, in the order of the expectations. */
  public List<ExpectationResult> results() {
    return IntStream.range(0, expectations.size()).mapToObj(this::result).toList();
  }

  private ExpectationResult result(int index) {
    Expectation expectation = expectations.get(index);
    if (expectation.rule() instanceof Rule.Metric metric) {
      return ExpectationResult.of(metric, expectation.action(), metric(metric), past(metric));
    }
    return expectation.rule() instanceof Rule.OnlyDeclared rule
        ? ExpectationResult.of(rule, expectation.action(), undeclared)
        : new ExpectationResult(
            expectation.rule().breach(), expectation.action(), breaches.get(index));
  }
}
