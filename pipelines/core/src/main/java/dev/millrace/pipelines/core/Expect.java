package dev.millrace.pipelines.core;

import dev.millrace.transforms.expectation.Action;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.problem.Problems;
import dev.millrace.transforms.type.Schema;
import java.time.Instant;
import java.util.List;

/**
 * The rows that hold what is expected of them. Rows to quarantine go to their own table with their
 * reasons; then the rest is judged as a whole, and where it fails nothing of the run is published.
 *
 * @param definition what the plan is of, as messages and reports name it
 * @param quarantine the Delta table of the rows set aside: the input's columns, {@code reasons
 *     array<string>}, {@code run_id string}, which names the run that set them aside. Of an
 *     interval, the rows without a time are replaced too
 */
public record Expect(
    String definition, Node input, List<Expectation> expectations, Sink.Delta quarantine)
    implements Node {

  /** Checks the rules against the input's columns. */
  public Expect {
    expectations = List.copyOf(expectations);
    Problems problems = new Problems(definition);
    Schema schema = input.schema();
    for (String own : List.of("reasons", "run_id")) {
      if (schema.has(own)) {
        problems.add(
            "Column '" + own + "' of " + definition + " cannot be validated",
            "the table of quarantined rows has a column of that name",
            "Rename it");
      }
    }
    quarantine
        .interval()
        .ifPresent(interval -> interval.check(schema, "the quarantine of " + definition, problems));
    for (Expectation expectation : expectations) {
      Rule rule = expectation.rule();
      for (String column : rule.columns()) {
        if (!schema.has(column)) {
          problems.add(
              Problem.unknown("column", column, "an expectation of " + definition, schema.names()));
        }
      }
      boolean known = rule.columns().stream().allMatch(schema::has);
      if (known && rule instanceof Rule.RowRule row) {
        Expressions.checkCondition(row.condition(), "an expectation", schema, problems);
      }
      if (rule instanceof Rule.WholeRule && expectation.action() == Action.QUARANTINE) {
        problems.add(
            "Cannot set rows aside where "
                + rule.breach()
                + ", as an expectation of "
                + definition
                + " wants",
            "that is of all rows together, and no single one breaks it",
            "Say orFail() or orWarn()");
      }
      if (rule instanceof Rule.Metric) {
        Metrics.check(expectation, definition, schema, problems);
      }
    }
    problems.throwIfAny();
  }

  /** Rows that are set aside replace the whole quarantine. */
  public Expect(String definition, Node input, List<Expectation> expectations, String quarantine) {
    this(definition, input, expectations, Sink.Delta.whole(quarantine));
  }

  /** The time that the rows are of: the end of their interval, or now, where that is earlier. */
  public Instant asOf(Instant now) {
    return quarantine.interval().map(Interval::end).filter(end -> end.isBefore(now)).orElse(now);
  }

  /** Whether the same rows may be judged otherwise when time has passed. */
  public boolean goesByTheClock(Instant now) {
    return asOf(now).equals(now)
        && expectations.stream()
            .map(Expectation::rule)
            .anyMatch(
                rule ->
                    rule instanceof Rule.Metric metric && metric.bounds() instanceof Bounds.Age);
  }

  @Override
  public Schema schema() {
    return input.schema();
  }

  @Override
  public <ResultT> ResultT accept(NodeVisitor<ResultT> visitor) {
    return visitor.visit(this);
  }
}
