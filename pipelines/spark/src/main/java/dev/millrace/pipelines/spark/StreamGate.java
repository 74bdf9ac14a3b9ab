package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Findings;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Judges each batch before it is published. Rules of rows are held against the batch; numbers of
 * all rows are those of all batches together, whose accumulators are merged. How many rows there
 * are is not judged, since a stream has no last one.
 */
final class StreamGate {
  private final Expect expect;
  private final StreamSpec spec;
  private final Metrics metrics;
  private final List<PastRun> runs;

  StreamGate(SparkSession session, Expect expect, StreamSpec spec) {
    this.expect =
        new Expect(expect.definition(), expect.input(), spec.expectations, expect.quarantine());
    this.spec = spec;
    this.metrics = Metrics.of(spec.expectations, spec.judged);
    this.runs = DeltaHistory.of(session, expect.quarantine().path()).runs();
  }

  /** The expectations that can be judged of a stream. */
  static List<Expectation> judged(List<Expectation> all) {
    return all.stream()
        .filter(
            each ->
                !(each.rule() instanceof Rule.Metric metric
                    && metric.call().equals(Aggregations.count())))
        .toList();
  }

  /**
   * What the stream is like with the batch.
   *
   * @throws dev.millrace.transforms.problem.MillraceException where it does not hold what is
   *     expected
   */
  Account.Stream judge(long position, Optional<Account.Stream> before, StreamFindings found) {
    byte[] numbers =
        before
            .map(Account.Stream::numbers)
            .filter(text -> !text.isEmpty())
            .map(
                text ->
                    StreamFindings.merged(Base64.getDecoder().decode(text), found.numbers, spec))
            .orElse(found.numbers);
    long accepted = before.map(Account.Stream::accepted).orElse(0L) + found.accepted;
    if (accepted > 0) {
      DeequGate.judge(expect, findings(found, numbers, accepted));
    }
    Map<Integer, Long> next = new TreeMap<>(before.map(Account.Stream::next).orElse(Map.of()));
    next.putAll(found.next);
    @Nullable Long newest = before.map(Account.Stream::newest).orElse(null);
    if (found.newest != null) {
      newest = newest == null ? found.newest : Math.max(newest, found.newest);
    }
    return new Account.Stream(
        position, next, newest, accepted, Base64.getEncoder().encodeToString(numbers));
  }

  /** How the batch did. */
  List<ExpectationResult> results(StreamFindings found) {
    return findings(found, found.numbers, found.accepted).results();
  }

  private Findings findings(StreamFindings found, byte[] numbers, long accepted) {
    Iterator<@Nullable Object> values = StreamFindings.present(numbers, spec).iterator();
    Map<Rule, Double> measured = new LinkedHashMap<>();
    Map<Rule, Bounds.Past> past = new LinkedHashMap<>();
    for (Rule.Metric rule : metrics.rules()) {
      measured.put(rule, Metrics.number(values.next()));
      past.put(
          rule,
          new Bounds.Past(
              PastRun.numbers(rule, expect.quarantine().interval(), runs), Instant.now()));
    }
    return new Findings(
        spec.expectations,
        accepted,
        boxed(found.breaches),
        boxed(found.left),
        measured,
        past,
        Set.of());
  }

  private static List<Long> boxed(long[] counts) {
    return new ArrayList<>(Arrays.stream(counts).boxed().toList());
  }
}
