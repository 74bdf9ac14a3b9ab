package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Rule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What one pass over the rows found.
 *
 * @param accepted rows with no reason to be set aside
 * @param breaches rows that broke each expectation; 0 for what no single row breaks
 * @param left those of them that were not set aside
 * @param metrics the numbers of all rows that were not set aside
 * @param past what each of those is held against
 * @param undeclared columns of what the rows were read from
 */
record Findings(
    List<Expectation> expectations,
    long accepted,
    List<Long> breaches,
    List<Long> left,
    Map<Rule, Double> metrics,
    Map<Rule, Bounds.Past> past,
    Set<String> undeclared) {
  double metric(Rule.Metric rule) {
    return Objects.requireNonNull(metrics.get(rule));
  }

  Bounds.Past past(Rule.Metric rule) {
    return Objects.requireNonNull(past.get(rule));
  }

  /** The share of the accepted rows that hold an expectation. */
  double compliance(int expectation) {
    return accepted == 0 ? Double.NaN : (double) (accepted - left.get(expectation)) / accepted;
  }

  List<ExpectationResult> results() {
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
