package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.BatchTiles;
import dev.millrace.pipelines.runs.Place;
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
import java.util.OptionalLong;
import java.util.Set;
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
 *
 * <p>Where messages have offsets, a batch is all that was read before some time, which the runner's
 * watermark has passed. Others come in no order, and a batch is what has come.
 */
final class PublishFn extends DoFn<KV<String, StreamRow>, KV<Integer, StreamShare>> {
  private static final long serialVersionUID = 1L;

  /**
   * Of how many batches the log is asked for what names their messages, when the stream is started;
   * a second goes by for each at least.
   */
  static final int REMEMBERED = 1_000;

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
  private final TimerSpec ofPublish;

  private final StreamPlan plan;
  private final Counter accepted = Metrics.counter("millrace", "accepted");
  private final Counter aside = Metrics.counter("millrace", "set_aside");
  private final Counter late = Metrics.counter("millrace", "late");
  private transient @Nullable StreamJudge judge;
  private transient @Nullable StreamProgram program;
  private transient Account.@Nullable Stream last;
  private transient @Nullable Set<String> known;

  PublishFn(StreamPlan plan) {
    this.plan = plan;
    this.ofPublish =
        TimerSpecs.timer(plan.hasOffsets() ? TimeDomain.EVENT_TIME : TimeDomain.PROCESSING_TIME);
  }

  @Setup
  public void setup() {
    judge = new StreamJudge(plan.spec(), plan.aside().history());
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
      set(publish, arrived);
    }
  }

  private void set(Timer publish, Instant now) {
    Duration later = Duration.millis(plan.gathering());
    if (plan.hasOffsets()) {
      publish.set(now.plus(later));
    } else {
      publish.offset(later).setRelative();
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
    // All that was read before the timer's time is here; of what was read later, a part may be, and
    // a batch must not have messages after one that is still to come.
    List<StreamRow> rows = new ArrayList<>();
    List<KV<Long, StreamRow>> later = new ArrayList<>();
    for (KV<Long, StreamRow> each : gathered.read()) {
      if (!plan.hasOffsets() || Objects.requireNonNull(each.getKey()) < due.getMillis()) {
        rows.add(each.getValue());
      } else {
        later.add(each);
      }
    }
    publishNext(rows, batches, out);
    gathered.clear();
    if (later.isEmpty()) {
      waits.clear();
    } else {
      later.forEach(gathered::add);
      set(publish, due);
    }
  }

  /** Where a runner is told to come to an end, timers of its clock do not go off any more. */
  @RequiresStableInput
  @OnWindowExpiration
  public void publishLast(
      @StateId("gathered") BagState<KV<Long, StreamRow>> gathered,
      @StateId("batches") ValueState<Long> batches,
      OutputReceiver<KV<Integer, StreamShare>> out)
      throws IOException {
    List<StreamRow> rows = new ArrayList<>();
    gathered.read().forEach(each -> rows.add(each.getValue()));
    if (!rows.isEmpty()) {
      publishNext(rows, batches, out);
      gathered.clear();
    }
  }

  private void publishNext(
      List<StreamRow> rows, ValueState<Long> batches, OutputReceiver<KV<Integer, StreamShare>> out)
      throws IOException {
    @Nullable Long before = batches.read();
    long batch = before == null ? 1 : before + 1;
    StreamFailures.noted(plan, () -> publish(rows, plan.base() + batch, out));
    batches.write(batch);
  }

  private void publish(
      Iterable<StreamRow> batch, long position, OutputReceiver<KV<Integer, StreamShare>> out)
      throws IOException {
    Optional<Account.Stream> before =
        Optional.ofNullable(last)
            .filter(account -> account.position() == position - 1)
            .or(() -> plan.log().history().stream(position - 1));
    Map<Integer, Long> newests = before.map(Account.Stream::newests).orElse(Map.of());
    List<StreamRow> rows = new ArrayList<>();
    Map<Integer, Long> next = before.map(Account.Stream::next).orElse(Map.of());
    for (StreamRow row : batch) {
      if (isNew(row, next)) {
        rows.add(
            row.isAccepted()
                ? Objects.requireNonNull(program)
                    .tooOld(row.time, newests.get(row.place.partition()))
                    .map(row::aside)
                    .orElse(row)
                : row);
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    rows.sort(Comparator.comparing(row -> row.place));
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
    write(rows, found, before, outcome.account());
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
    Place place = row.place;
    if (!plan.hasOffsets()) {
      return !known().contains(place.id());
    }
    if (place.offset() >= next.getOrDefault(place.partition(), 0L)) {
      return true;
    }
    if (place.offset() < plan.next().getOrDefault(place.partition(), 0L)) {
      return false;
    }
    throw MillraceException.because(
        "Cannot go on with " + plan.name(),
        "message "
            + place.offset()
            + " of partition "
            + place.partition()
            + " came after those up to "
            + next.get(place.partition())
            + " were published, and its log lacks it",
        "Send it again, and start the stream: it goes on where the log is");
  }

  /** What names the messages of the last batches that the log had at the start. */
  private Set<String> known() {
    @Nullable Set<String> ids = known;
    if (ids == null) {
      ids = plan.log().ids(plan.version(), REMEMBERED);
      known = ids;
    }
    return ids;
  }

  /**
   * Writes the files of both tables, commits those of the log, and then those set aside, which the
   * log's commit names: who is killed between the two leaves it to the next start.
   */
  private void write(
      List<StreamRow> rows,
      StreamFindings found,
      Optional<Account.Stream> before,
      Account.Stream account)
      throws IOException {
    DeltaRows ofLog =
        new DeltaRows(plan.log().root(), plan.log().schema(), plan.log().partitionBy());
    DeltaRows ofAside =
        new DeltaRows(plan.aside().root(), plan.aside().schema(), plan.aside().partitionBy());
    List<String> logged = new ArrayList<>();
    List<String> setAside = new ArrayList<>();
    // Files are written for nothing where a try of before has committed the batch.
    if (last != null || plan.log().position() < account.position()) {
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
    Account.Stream whole = account.withAside(setAside);
    String told =
        Objects.requireNonNull(judge).ofLog(found, whole, plan.log().partitionBy()).toJson();
    OptionalLong after = OptionalLong.of(before.map(Account.Stream::position).orElse(0L));
    boolean appended = plan.log().append(logged, after, account.position(), told);
    plan.aside().appendAside(appended ? whole : same(account));
  }

  /** Who finds its batch in the log has been there before, or another run has. */
  private Account.Stream same(Account.Stream account) {
    Optional<Account.Stream> there = plan.log().batch(account.position());
    if (there.filter(account::isSame).isEmpty()) {
      throw MillraceException.because(
          "Another run follows " + plan.name(),
          plan.hasOffsets()
              ? "its log is up to "
                  + there.map(Account.Stream::next).orElse(Map.of())
                  + " at batch "
                  + account.position()
                  + ", and not "
                  + account.next()
              : "batch " + account.position() + " of its log has other messages",
          "Let one of them run");
    }
    return there.get();
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
