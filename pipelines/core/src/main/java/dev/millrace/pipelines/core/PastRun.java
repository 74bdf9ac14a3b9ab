package dev.millrace.pipelines.core;

import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.expectation.Rule;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an earlier run found of its rows, of all of them or of an interval. What is usual is known
 * from these.
 */
public record PastRun(Optional<Interval> interval, List<ExpectationResult> found)
    implements Serializable {
  public PastRun {
    found = List.copyOf(found);
  }

  /**
   * What a rule's number was in the runs that a run of an interval can be held against: those of
   * intervals of the same length that end before it begins, each by its newest run, in the order of
   * their times; or those of all rows, in the order in which they ran.
   *
   * @param newestFirst every run that is known
   */
  public static List<Double> numbers(
      Rule.Metric rule, Optional<Interval> of, List<PastRun> newestFirst) {
    Map<Optional<Interval>, PastRun> newest = new LinkedHashMap<>();
    List<PastRun> alike = new ArrayList<>();
    for (PastRun run : newestFirst) {
      if (of.isEmpty() ? run.interval().isEmpty() : isBefore(run, of.get())) {
        if (of.isEmpty() || newest.putIfAbsent(run.interval(), run) == null) {
          alike.add(0, run);
        }
      }
    }
    if (of.isPresent()) {
      alike.sort(Comparator.comparing(run -> run.interval().orElseThrow().start()));
    }
    return alike.stream().flatMap(run -> run.number(rule).stream()).toList();
  }

  private static boolean isBefore(PastRun run, Interval interval) {
    return run.interval()
        .filter(other -> other.column().equals(interval.column()))
        .filter(other -> !other.end().isAfter(interval.start()))
        .filter(other -> length(other).equals(length(interval)))
        .isPresent();
  }

  private static Duration length(Interval interval) {
    return Duration.between(interval.start(), interval.end());
  }

  private Optional<Double> number(Rule.Metric rule) {
    return by(rule).map(result -> Objects.requireNonNull(result.measured()).value());
  }

  /**
   * What it found by a rule, of a number by whatever bounds; empty where it was not judged by it.
   */
  public Optional<ExpectationResult> by(Rule rule) {
    return found.stream().filter(result -> isBy(rule, result)).findFirst();
  }

  private static boolean isBy(Rule rule, ExpectationResult result) {
    WriteReport.Measured measured = result.measured();
    if (rule instanceof Rule.Metric metric) {
      return measured != null
          && measured.name().equals(metric.name())
          && measured.call().equals(metric.call().toString());
    }
    return measured == null
        && (result.rule().equals(rule.breach())
            || (rule instanceof Rule.OnlyDeclared && result.rule().endsWith(" are not declared")));
  }
}
