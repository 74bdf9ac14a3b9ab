package dev.millrace.pipelines.spark;

import com.amazon.deequ.analyzers.Analyzer;
import com.amazon.deequ.analyzers.Compliance;
import com.amazon.deequ.analyzers.Size;
import com.amazon.deequ.analyzers.runners.AnalyzerContext;
import com.amazon.deequ.checks.Check;
import com.amazon.deequ.checks.CheckLevel;
import com.amazon.deequ.checks.CheckResult;
import com.amazon.deequ.constraints.ConstraintResult;
import com.amazon.deequ.constraints.ConstraintStatus;
import com.amazon.deequ.metrics.DoubleMetric;
import com.amazon.deequ.metrics.Entity;
import com.amazon.deequ.metrics.Metric;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Findings;
import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Rule;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scala.Option;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;
import scala.util.Success;

/**
 * Expectations as Deequ checks of the rows that were not set aside; an error among them stops the
 * run. Deequ judges by numbers that the shared aggregations have found in one pass; its own
 * analyzers, which take a pass for each kind, are not run.
 */
final class DeequGate {
  private final Map<Analyzer<?, Metric<?>>, Metric<?>> known = new LinkedHashMap<>();

  /** What is said where a constraint of the check does not hold, in the check's order. */
  private final List<String> breaches = new ArrayList<>();

  private Check check;

  private DeequGate(Expect expect) {
    this.check =
        new Check(
            CheckLevel.Error(),
            expect.definition(),
            JavaConverters.asScalaBuffer(new ArrayList<com.amazon.deequ.constraints.Constraint>())
                .toList());
  }

  /** Throws where the rows, or a number made of all of them, fall short. */
  static void judge(Expect expect, Findings findings) {
    DeequGate gate = new DeequGate(expect);
    if (findings.accepted() > 0 || findings.lacksRows()) {
      gate.size(findings.accepted());
    }
    for (int i = 0; i < expect.expectations().size(); i++) {
      if (expect.expectations().get(i).action() == Action.WARN) {
        continue;
      }
      Rule rule = expect.expectations().get(i).rule();
      if (rule instanceof Rule.Metric metric) {
        double value = findings.metric(metric);
        Bounds.Past past = findings.past(metric);
        gate.expect(
            metric.call().toString(),
            i,
            value,
            metric.breach(value, past),
            new InBounds(metric.bounds(), past));
      } else if (rule instanceof Rule.OnlyDeclared only) {
        double share = findings.undeclared().isEmpty() ? 1 : 0;
        gate.expect(rule.breach(), i, share, only.breach(findings.undeclared()), new Complete());
      } else if (findings.accepted() > 0) {
        gate.expect(rule.breach(), i, findings.compliance(i), rule.breach(), new Complete());
      }
    }
    List<String> failures = gate.failures();
    if (!failures.isEmpty()) {
      throw Findings.refused(expect.definition(), failures);
    }
  }

  private void size(long rows) {
    check = check.hasSize(new Positive(), Option.empty());
    breaches.add("no row is left");
    know(new Size(Option.empty()), "Size", (double) rows);
  }

  /** The number of an expectation is what the assertion wants. */
  private void expect(
      String what, int number, double value, String breach, AbstractFunction1<Object, Object> is) {
    String name = number + " " + what;
    check = check.satisfies(what, name, is, Option.empty(), none(), Option.empty());
    breaches.add(breach);
    know(new Compliance(name, what, Option.empty(), none(), Option.empty()), name, value);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void know(Analyzer analyzer, String name, double value) {
    known.put(
        analyzer,
        new DoubleMetric(Entity.Dataset(), name, name, new Success<Object>(value), Option.empty()));
  }

  private static scala.collection.immutable.List<String> none() {
    return JavaConverters.asScalaBuffer(List.<String>of()).toList();
  }

  private List<String> failures() {
    CheckResult result =
        check.evaluate(
            new AnalyzerContext(
                scala.collection.immutable.Map$.MODULE$
                    .<Analyzer<?, Metric<?>>, Metric<?>>empty()
                    .$plus$plus(JavaConverters.mapAsScalaMap(known))));
    List<ConstraintResult> constraints = JavaConverters.seqAsJavaList(result.constraintResults());
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < constraints.size(); i++) {
      if (!constraints.get(i).status().equals(ConstraintStatus.Success())) {
        failures.add(breaches.get(i));
      }
    }
    return failures;
  }

  /** A number is within bounds; Deequ wants classes that serialise. */
  private static final class InBounds extends AbstractFunction1<Object, Object>
      implements Serializable {
    private final Bounds bounds;
    private final Bounds.Past past;

    InBounds(Bounds bounds, Bounds.Past past) {
      this.bounds = bounds;
      this.past = past;
    }

    @Override
    public Object apply(Object metric) {
      return bounds.holds(((Number) metric).doubleValue(), past);
    }
  }

  /** All rows hold the rule. */
  private static final class Complete extends AbstractFunction1<Object, Object>
      implements Serializable {
    @Override
    public Object apply(Object metric) {
      return ((Number) metric).doubleValue() == 1.0;
    }
  }

  /** There is at least one row. */
  private static final class Positive extends AbstractFunction1<Object, Object>
      implements Serializable {
    @Override
    public Object apply(Object metric) {
      return ((Number) metric).doubleValue() > 0;
    }
  }
}
