package dev.millrace.pipelines.spark;

import com.amazon.deequ.VerificationResult;
import com.amazon.deequ.VerificationSuite;
import com.amazon.deequ.analyzers.Analyzer;
import com.amazon.deequ.analyzers.Compliance;
import com.amazon.deequ.analyzers.runners.AnalyzerContext;
import com.amazon.deequ.checks.Check;
import com.amazon.deequ.checks.CheckLevel;
import com.amazon.deequ.checks.CheckResult;
import com.amazon.deequ.checks.CheckStatus;
import com.amazon.deequ.constraints.ConstraintResult;
import com.amazon.deequ.constraints.ConstraintStatus;
import com.amazon.deequ.metrics.DoubleMetric;
import com.amazon.deequ.metrics.Entity;
import com.amazon.deequ.metrics.Metric;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.problem.MillraceException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Option;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;
import scala.util.Success;

/**
 * Expectations as Deequ checks over the rows that were not set aside; an error among them stops the
 * run. Uniqueness is not among them: Deequ leaves out nulls, which agree with each other here.
 */
final class DeequGate {
  private DeequGate() {}

  /**
   * Throws where the rows, or a number made of all of them, fall short.
   *
   * @param metrics the numbers, which Deequ's checks take as they are
   */
  static void judge(Expect expect, Dataset<Row> accepted, Map<Rule, Double> metrics) {
    Check gate = check(expect).hasSize(new Assertion(true), Option.apply("no row is left"));
    for (Expectation expectation : expect.expectations()) {
      if (expectation.action() != Action.WARN
          && (expectation.rule() instanceof Rule.RowRule rule)) {
        gate = add(gate, rule);
      }
    }
    VerificationResult result = new VerificationSuite().onData(accepted).addCheck(gate).run();
    CheckResult ofMetrics = judge(expect, metrics);
    List<String> failures = failures(result);
    failures.addAll(failures(ofMetrics));
    if (!result.status().equals(CheckStatus.Success())
        || !ofMetrics.status().equals(CheckStatus.Success())) {
      throw failed(expect, failures);
    }
  }

  private static Check check(Expect expect) {
    return new Check(
        CheckLevel.Error(),
        expect.definition(),
        JavaConverters.asScalaBuffer(new ArrayList<com.amazon.deequ.constraints.Constraint>())
            .toList());
  }

  /** Deequ's checks of numbers that it need not compute. */
  private static CheckResult judge(Expect expect, Map<Rule, Double> metrics) {
    Check gate = check(expect);
    Map<Analyzer<?, Metric<?>>, Metric<?>> known = new LinkedHashMap<>();
    for (Expectation expectation : expect.expectations()) {
      if (expectation.action() == Action.WARN
          || !(expectation.rule() instanceof Rule.Metric rule)) {
        continue;
      }
      double value = Objects.requireNonNull(metrics.get(rule));
      gate =
          gate.satisfies(
              rule.call().toString(),
              rule.name(),
              new Within(rule),
              Option.apply(rule.breach(value)),
              none(),
              Option.empty());
      known.put(
          analyzer(rule),
          new DoubleMetric(
              Entity.Column(),
              "Compliance",
              rule.name(),
              new Success<Object>(value),
              Option.empty()));
    }
    return gate.evaluate(
        new AnalyzerContext(
            scala.collection.immutable.Map$.MODULE$
                .<Analyzer<?, Metric<?>>, Metric<?>>empty()
                .$plus$plus(JavaConverters.mapAsScalaMap(known))));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Analyzer<?, Metric<?>> analyzer(Rule.Metric rule) {
    return (Analyzer)
        new Compliance(rule.name(), rule.call().toString(), Option.empty(), none(), Option.empty());
  }

  private static scala.collection.immutable.List<String> none() {
    return JavaConverters.asScalaBuffer(List.<String>of()).toList();
  }

  /** The data as a whole falls short, for these reasons. */
  static MillraceException failed(Expect expect, List<String> failures) {
    return MillraceException.because(
        "The data of " + expect.definition() + " does not hold what is expected of it",
        String.join("; ", failures),
        "Nothing was published. Mend the data, or quarantine such rows with orQuarantine()");
  }

  private static Check add(Check check, Rule.RowRule rule) {
    if (rule instanceof Rule.NotNull notNull) {
      return check.isComplete(notNull.column(), Option.apply(rule.breach()), Option.empty());
    }
    String condition = "coalesce(" + rule.condition() + ", true)";
    return check.satisfies(
        condition,
        rule.breach(),
        new Assertion(false),
        Option.apply(rule.breach()),
        none(),
        Option.empty());
  }

  private static List<String> failures(VerificationResult result) {
    List<String> failures = new ArrayList<>();
    for (CheckResult check : JavaConverters.asJavaIterable(result.checkResults().values())) {
      failures.addAll(failures(check));
    }
    return failures;
  }

  private static List<String> failures(CheckResult check) {
    List<String> failures = new ArrayList<>();
    for (ConstraintResult constraint : JavaConverters.seqAsJavaList(check.constraintResults())) {
      if (!constraint.status().equals(ConstraintStatus.Success())) {
        failures.add(constraint.message().getOrElse(() -> constraint.constraint().toString()));
      }
    }
    return failures;
  }

  /** A number is within the bounds of its rule. */
  private static final class Within extends AbstractFunction1<Object, Object>
      implements Serializable {
    private final Rule.Metric rule;

    Within(Rule.Metric rule) {
      this.rule = rule;
    }

    @Override
    public Object apply(Object metric) {
      return rule.holds(((Number) metric).doubleValue());
    }
  }

  /** All rows hold the rule, or there is at least one row; Deequ wants a class that serialises. */
  private static final class Assertion extends AbstractFunction1<Object, Object>
      implements Serializable {
    private final boolean counts;

    Assertion(boolean counts) {
      this.counts = counts;
    }

    @Override
    public Object apply(Object metric) {
      double value = ((Number) metric).doubleValue();
      return counts ? value > 0 : value == 1.0;
    }
  }
}
