package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.BatchTiles;
import dev.millrace.pipelines.runs.StreamFindings;
import dev.millrace.pipelines.runs.StreamJudge;
import dev.millrace.pipelines.runs.StreamProgram;
import dev.millrace.pipelines.runs.StreamRow;
import dev.millrace.pipelines.runs.StreamSpec;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gathers rows and publishes them from time to time, as one batch: into the log and the quarantine,
 * each in a transaction whose number is the batch's position, and as shares of tiles. The runner
 * sees to it that a batch that is tried again has the same rows; then its transactions are found,
 * and its tiles come once more, which the stores know by the position.
 */
final class PublishFn extends DoFn<KV<String, StreamRow>, KV<Integer, StreamShare>> {
  private static final long serialVersionUID = 1L;

  /** Into how many shares the entities are divided. */
  static final int SHARES = 16;

  @StateId("gathered")
  private final StateSpec<BagState<KV<Long, StreamRow>>> ofGathered =
      StateSpecs.bag(KvCoder.of(VarLongCoder.of(), new StreamRowCoder()));

  @StateId("waits")
  private final StateSpec<ValueState<Boolean>> ofWaits = StateSpecs.value(BooleanCoder.of());

  @StateId("batches")
  private final StateSpec<ValueState<Long>> ofBatches = StateSpecs.value(VarLongCoder.of());

  @TimerId("publish")
  private final TimerSpec ofPublish = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private final StreamPlan plan;
  private final Counter accepted = Metrics.counter("millrace", "accepted");
  private final Counter aside = Metrics.counter("millrace", "set_aside");
  private final Counter late = Metrics.counter("millrace", "late");
  private transient @Nullable StreamJudge judge;
  private transient @Nullable StreamProgram program;
  private transient Account.@Nullable Stream last;

  PublishFn(StreamPlan plan) {
    this.plan = plan;
  }

  @Setup
  public void setup() {
    judge = new StreamJudge(plan.spec(), plan.aside().history().runs());
    program = StreamProgram.of(plan.spec());
  }

  @RequiresStableInput
  @ProcessElement
  public void process(
      @Element KV<String, StreamRow> row,
      @Timestamp Instant arrived,
      @StateId("gathered") BagState<KV<Long, StreamRow>> gathered,
      @StateId("waits") ValueState<Boolean> waits,
      @TimerId("publish") Timer publish) {
    gathered.add(KV.of(arrived.getMillis(), row.getValue()));
    if (waits.read() == null) {
      waits.write(true);
      publish.set(arrived.plus(Duration.millis(plan.gathering())));
    }
  }

  @RequiresStableInput
  @OnTimer("publish")
  public void publish(
      @StateId("gathered") BagState<KV<Long, StreamRow>> gathered,
      @StateId("waits") ValueState<Boolean> waits,
      @StateId("batches") ValueState<Long> batches,
      @TimerId("publish") Timer publish,
      @Timestamp Instant due,
      OutputReceiver<KV<Integer, StreamShare>> out)
      throws IOException {
    // All that was read before the timer's time is here; of what was read later, a part may be.
    List<StreamRow> rows = new ArrayList<>();
    List<KV<Long, StreamRow>> later = new ArrayList<>();
    for (KV<Long, StreamRow> each : gathered.read()) {
      if (Objects.requireNonNull(each.getKey()) < due.getMillis()) {
        rows.add(each.getValue());
      } else {
        later.add(each);
      }
    }
    @Nullable Long before = batches.read();
    long batch = before == null ? 1 : before + 1;
    StreamFailures.noted(plan, () -> publish(rows, plan.base() + batch, out));
    batches.write(batch);
    gathered.clear();
    if (later.isEmpty()) {
      waits.clear();
    } else {
      later.forEach(gathered::add);
      publish.set(due.plus(Duration.millis(plan.gathering())));
    }
  }

  private void publish(
      Iterable<StreamRow> batch, long position, OutputReceiver<KV<Integer, StreamShare>> out)
      throws IOException {
    Optional<Account.Stream> before =
        Optional.ofNullable(last)
            .filter(account -> account.position() < position)
            .filter(account -> account.position() == plan.log().position())
            .or(() -> plan.log().history().stream(position - 1));
    Map<Integer, Long> newests = before.map(Account.Stream::newests).orElse(Map.of());
    List<StreamRow> rows = new ArrayList<>();
    Map<Integer, Long> next = before.map(Account.Stream::next).orElse(Map.of());
    for (StreamRow row : batch) {
      if (isNew(row, next)) {
        rows.add(
            row.isAccepted()
                ? Objects.requireNonNull(program)
                    .tooOld(row.time, newests.get(row.partition))
                    .map(row::aside)
                    .orElse(row)
                : row);
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    rows.sort(
        Comparator.<StreamRow>comparingInt(row -> row.partition)
            .thenComparingLong(row -> row.offset));
    StreamSpec spec = plan.spec();
    StreamFindings found =
        StreamFindings.none(spec)
            .and(StreamFindings.of(rows.iterator(), spec, newests, plan.delay()), spec);
    StreamJudge.Outcome outcome = Objects.requireNonNull(judge).with(position, before, found);
    if (outcome.account().accepted() > 0) {
      List<String> failures = outcome.findings().failures();
      if (!failures.isEmpty()) {
        throw dev.millrace.pipelines.core.Findings.refused(plan.name(), failures);
      }
    }
    write(rows, found, outcome.account());
    last = outcome.account();
    accepted.inc(found.accepted);
    aside.inc(found.messages - found.accepted);
    late.inc(found.late);
    share(rows, outcome.account()).forEach((share, of) -> out.output(KV.of(share, of)));
  }

  /**
   * A runner that goes on from an older state than the log's brings again what was published when
   * it began. Nothing else comes after later messages of its partition.
   */
  private boolean isNew(StreamRow row, Map<Integer, Long> next) {
    if (row.offset >= next.getOrDefault(row.partition, 0L)) {
      return true;
    }
    if (row.offset < plan.next().getOrDefault(row.partition, 0L)) {
      return false;
    }
    throw MillraceException.because(
        "Cannot go on with " + plan.name(),
        "message "
            + row.offset
            + " of partition "
            + row.partition
            + " came after those up to "
            + next.get(row.partition)
            + " were published, and its log lacks it",
        "Send it again, and start the stream: it goes on where the log is");
  }

  private void write(List<StreamRow> rows, StreamFindings found, Account.Stream account)
      throws IOException {
    DeltaRows ofLog =
        new DeltaRows(plan.log().root(), plan.log().schema(), plan.log().partitionBy());
    DeltaRows ofAside = new DeltaRows(plan.aside().root(), plan.aside().schema(), List.of());
    List<String> logged = new ArrayList<>();
    List<String> setAside = new ArrayList<>();
    if (plan.log().position() < account.position()) {
      for (StreamRow row : rows) {
        if (row.isAccepted()) {
          logged.addAll(ofLog.add(Objects.requireNonNull(row.kept)));
        } else {
          setAside.addAll(ofAside.add(StreamJudge.aside(row, account.position())));
        }
      }
      logged.addAll(ofLog.finish());
      setAside.addAll(ofAside.finish());
    }
    if (!setAside.isEmpty()) {
      boolean unused =
          plan.aside().append(setAside, account.position(), StreamJudge.aside(account).toJson());
    }
    String told =
        Objects.requireNonNull(judge).ofLog(found, account, plan.log().partitionBy()).toJson();
    if (!plan.log().append(logged, account.position(), told)) {
      requireSame(account);
    }
  }

  /** Who finds its batch in the log has been there before, or another run has. */
  private void requireSame(Account.Stream account) {
    Optional<Account.Stream> there = plan.log().history().stream(account.position());
    if (there.isEmpty()
        || there.get().position() != account.position()
        || !there.get().next().equals(account.next())) {
      throw MillraceException.because(
          "Another run follows " + plan.name(),
          "its log is up to "
              + there.map(Account.Stream::next).orElse(Map.of())
              + " at batch "
              + account.position()
              + ", and not "
              + account.next(),
          "Let one of them run");
    }
  }

  /** A share for each worker, of no parts too, so that all know of the batch. */
  private Map<Integer, StreamShare> share(List<StreamRow> rows, Account.Stream account) {
    List<List<BatchTiles.Part>> shares = new ArrayList<>();
    for (int i = 0; i < SHARES; i++) {
      shares.add(new ArrayList<>());
    }
    List<UnsafeRow> kept =
        rows.stream()
            .filter(StreamRow::isAccepted)
            .map(row -> Objects.requireNonNull(row.kept))
            .toList();
    for (BatchTiles.Part part : BatchTiles.of(plan.spec(), kept.iterator())) {
      shares.get(Math.floorMod(part.entity().hashCode(), SHARES)).add(part);
    }
    long end = account.newest() == null ? 0 : account.newest() + 1;
    Map<Integer, StreamShare> all = new java.util.TreeMap<>();
    for (int i = 0; i < SHARES; i++) {
      all.put(i, new StreamShare(account.position(), end, shares.get(i)));
    }
    return all;
  }
}
