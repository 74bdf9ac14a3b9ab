package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Findings;
import dev.millrace.pipelines.core.PastRun;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expectation.Bounds;
import dev.millrace.transforms.expectation.Expectation;
import dev.millrace.transforms.expectation.Metrics;
import dev.millrace.transforms.expectation.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * Judges each batch of a stream before it is published. Rules of rows are held against the batch;
 * numbers of all rows are those of all batches together, whose accumulators are merged. How many
 * rows there are is not judged, since a stream has no last one.
 */
public final class StreamJudge {
  private final StreamSpec spec;
  private final Metrics metrics;
  private final List<PastRun> runs;

  /**
   * A judge.
   *
   * @param quarantine whose commits say what earlier runs found
   */
  public StreamJudge(StreamSpec spec, TableHistory quarantine) {
    this.spec = spec;
    this.metrics = Metrics.of(spec.expectations, spec.judged);
    boolean looksBack = metrics.rules().stream().anyMatch(rule -> rule.bounds().lookBack());
    this.runs = looksBack ? quarantine.runs() : List.of();
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
   * What a stream is like with a batch.
   *
   * @param findings of all batches; where no row was accepted yet there is nothing to judge
   */
  public record Outcome(Account.Stream account, Findings findings) {}

  /**
   * What the stream is like with the batch.
   *
   * @param before what it was like before; empty of the first batch
   */
  public Outcome with(long position, Optional<Account.Stream> before, StreamFindings found) {
    byte[] numbers =
        before
            .map(Account.Stream::numbers)
            .filter(text -> !text.isEmpty())
            .map(
                text ->
                    StreamFindings.merged(Base64.getDecoder().decode(text), found.numbers, spec))
            .orElse(found.numbers);
    long accepted = before.map(Account.Stream::accepted).orElse(0L) + found.accepted;
    Map<Integer, Long> next = new TreeMap<>(before.map(Account.Stream::next).orElse(Map.of()));
    next.putAll(found.next);
    Map<Integer, Long> newests = before.map(Account.Stream::newests).orElseGet(HashMap::new);
    found.newestOf.forEach((partition, time) -> newests.merge(partition, time, Math::max));
    @Nullable Long newest = before.map(Account.Stream::newest).orElse(null);
    if (found.newest != null) {
      newest = newest == null ? found.newest : Math.max(newest, found.newest);
    }
    return new Outcome(
        new Account.Stream(
            position,
            next,
            newest,
            accepted,
            Base64.getEncoder().encodeToString(numbers),
            before.map(Account.Stream::messages).orElse(0L) + found.messages,
            before.map(Account.Stream::late).orElse(0L) + found.late,
            newests,
            found.ids.isEmpty() ? null : List.copyOf(found.ids),
            null),
        findings(found, numbers, accepted));
  }

  /**
   * What the log's commit of a batch says.
   *
   * @param partitionBy the log's columns of few values, of which the first is the day
   */
  public Account ofLog(StreamFindings found, Account.Stream stream, List<String> partitionBy) {
    List<Account.Part> parts = new ArrayList<>();
    if (!partitionBy.isEmpty()) {
      for (long day : found.days) {
        Instant start = Instant.ofEpochSecond(day * 86_400);
        parts.add(
            new Account.Part(
                partitionBy.get(0),
                start.toString(),
                start.plus(Duration.ofDays(1)).toString(),
                "stream",
                "batch " + stream.position()));
      }
    }
    return new Account(
        parts, findings(found, found.numbers, found.accepted).results(), Map.of(), stream);
  }

  /** What the quarantine's commit of a batch says, and the log's of one that has no messages. */
  public static Account bare(Account.Stream stream) {
    return new Account(List.of(), List.of(), Map.of(), stream.withoutBatch());
  }

  /**
   * A row that is set aside, as the quarantine keeps it.
   *
   * @param position of the batch
   */
  public static InternalRow aside(StreamRow row, long position) {
    Object[] reasons = row.reasons.stream().map(UTF8String::fromString).toArray();
    return new JoinedRow(
        row.judged,
        new GenericInternalRow(
            new Object[] {
              new GenericArrayData(reasons), UTF8String.fromString("stream " + position)
            }));
  }

  private Findings findings(StreamFindings found, byte[] numbers, long accepted) {
    Iterator<@Nullable Object> values = StreamFindings.present(numbers, spec).iterator();
    Map<Rule, Double> measured = new LinkedHashMap<>();
    Map<Rule, Bounds.Past> past = new LinkedHashMap<>();
    for (Rule.Metric rule : metrics.rules()) {
      measured.put(rule, Metrics.number(values.next()));
      past.put(rule, new Bounds.Past(PastRun.numbers(rule, Optional.empty(), runs), Instant.now()));
    }
    return new Findings(
        spec.expectations,
        false,
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
