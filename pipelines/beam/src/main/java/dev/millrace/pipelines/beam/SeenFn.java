package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.StreamRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells repetitions of earlier rows of a stream; of those that agree, the first that came stays.
 * One that says the same as another is set aside, one that is the same message again is left out.
 * The keys are kept by share of them, until rows that could agree come too late to count in any
 * partition.
 */
final class SeenFn extends DoFn<KV<Integer, KV<String, StreamRow>>, StreamRow> {
  private static final long serialVersionUID = 1L;

  /** How many rows of a share pass until keys that can come no more are forgotten. */
  private static final int ROWS_A_CLEANING = 20_000;

  @StateId("keys")
  private final StateSpec<MapState<String, Long>> ofKeys =
      StateSpecs.map(StringUtf8Coder.of(), VarLongCoder.of());

  @StateId("newest")
  private final StateSpec<MapState<Integer, Long>> ofNewest =
      StateSpecs.map(VarIntCoder.of(), VarLongCoder.of());

  @StateId("passed")
  private final StateSpec<ValueState<Integer>> ofPassed = StateSpecs.value(VarIntCoder.of());

  private final int index;
  private final @Nullable String breach;
  private final long retention;
  private final Counter repeated = Metrics.counter("millrace", "repeated");

  private SeenFn(int index, @Nullable String breach, long retention) {
    this.index = index;
    this.breach = breach;
    this.retention = retention;
  }

  /**
   * Of accepted rows, for one expectation.
   *
   * @param index its place
   * @param retention in microseconds of the rows' own time
   */
  static SeenFn rows(int index, String breach, long retention) {
    return new SeenFn(index, breach, retention);
  }

  /**
   * Of all messages.
   *
   * @param retention in microseconds of the runner's time
   */
  static SeenFn messages(long retention) {
    return new SeenFn(-1, null, retention);
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, KV<String, StreamRow>> keyed,
      @Timestamp Instant at,
      @StateId("keys") MapState<String, Long> keys,
      @StateId("newest") MapState<Integer, Long> newests,
      @StateId("passed") ValueState<Integer> passedState,
      OutputReceiver<StreamRow> out) {
    StreamRow row = keyed.getValue().getValue();
    if (breach != null && !row.isAccepted()) {
      out.output(row);
      return;
    }
    String key = keyed.getValue().getKey();
    @Nullable Long seen = keys.get(key).read();
    if (seen != null) {
      repeated.inc();
      if (breach != null) {
        out.output(row.aside(index, breach));
      }
      return;
    }
    long time = breach == null ? at.getMillis() * 1_000 : row.time;
    keys.put(key, time);
    int partition = row.place.partition();
    @Nullable Long before = newests.get(partition).read();
    if (before == null || before < time) {
      newests.put(partition, time);
    }
    @Nullable Integer passed = passedState.read();
    int count = passed == null ? 1 : passed + 1;
    if (count == ROWS_A_CLEANING) {
      long slowest = Long.MAX_VALUE;
      for (Map.Entry<Integer, Long> each : newests.entries().read()) {
        slowest = Math.min(slowest, each.getValue());
      }
      forget(keys, slowest - retention);
      count = 0;
    }
    passedState.write(count);
    out.output(row);
  }

  private static void forget(MapState<String, Long> keys, long oldest) {
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, Long> each : keys.entries().read()) {
      if (each.getValue() < oldest) {
        gone.add(each.getKey());
      }
    }
    gone.forEach(keys::remove);
  }
}
