package dev.millrace.pipelines.spark;

import com.amazon.deequ.VerificationResult;
import com.amazon.deequ.VerificationSuite;
import com.amazon.deequ.checks.Check;
import com.amazon.deequ.checks.CheckLevel;
import com.amazon.deequ.checks.CheckResult;
import com.amazon.deequ.checks.CheckStatus;
import com.amazon.deequ.constraints.ConstraintResult;
import com.amazon.deequ.constraints.ConstraintStatus;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.problem.MillraceException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Option;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/**
 * Expectations as Deequ checks over the rows that were not set aside; an error among them stops the
 * run. Uniqueness is not among them: Deequ leaves out nulls, which agree with each other here.
 */
final class DeequGate {
  private DeequGate() {}

  static void judge(Expect expect, Dataset<Row> accepted) {
    Check gate =
        new Check(
                CheckLevel.Error(),
                expect.definition(),
                JavaConverters.asScalaBuffer(
                        new ArrayList<com.amazon.deequ.constraints.Constraint>())
                    .toList())
            .hasSize(new Assertion(true), Option.apply("no row is left"));
    for (Expectation expectation : expect.expectations()) {
      if (expectation.action() != Action.WARN && !(expectation.rule() instanceof Rule.Unique)) {
        gate = add(gate, expectation.rule());
      }
    }
    VerificationResult result = new VerificationSuite().onData(accepted).addCheck(gate).run();
    List<String> failures = failures(result);
    if (!result.status().equals(CheckStatus.Success())) {
      throw failed(expect, failures);
    }
  }

  /** The data as a whole falls short, for these reasons. */
  static MillraceException failed(Expect expect, List<String> failures) {
    return MillraceException.because(
        "The data of " + expect.definition() + " does not hold what is expected of it",
        String.join("; ", failures),
        "Nothing was published. Mend the data, or quarantine such rows with orQuarantine()");
  }

  private static Check add(Check check, Rule rule) {
    if (rule instanceof Rule.NotNull notNull) {
      return check.isComplete(notNull.column(), Option.apply(rule.breach()), Option.empty());
    }
    String condition = "coalesce(" + ((Rule.RowRule) rule).condition() + ", true)";
    return check.satisfies(
        condition,
        rule.breach(),
        new Assertion(false),
        Option.apply(rule.breach()),
        JavaConverters.asScalaBuffer(List.<String>of()).toList(),
        Option.empty());
  }

  private static List<String> failures(VerificationResult result) {
    List<String> failures = new ArrayList<>();
    for (CheckResult check : JavaConverters.asJavaIterable(result.checkResults().values())) {
      for (ConstraintResult constraint : JavaConverters.seqAsJavaList(check.constraintResults())) {
        if (!constraint.status().equals(ConstraintStatus.Success())) {
          failures.add(constraint.message().getOrElse(() -> constraint.constraint().toString()));
        }
      }
    }
    return failures;
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
