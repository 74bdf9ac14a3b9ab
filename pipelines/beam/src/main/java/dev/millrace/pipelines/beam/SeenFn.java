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
import org.jspecify.annotations.Nullable;

/**
 * Sets repetitions of earlier rows of a stream aside; of those that agree, the first that came
 * stays. The keys are kept by share of them, until rows that could agree come too late to count.
 */
final class SeenFn extends DoFn<KV<Integer, KV<String, StreamRow>>, StreamRow> {
  private static final long serialVersionUID = 1L;

  /** How many rows of a share pass until keys that can come no more are forgotten. */
  private static final int ROWS_A_CLEANING = 20_000;

  @StateId("keys")
  private final StateSpec<MapState<String, Long>> ofKeys =
      StateSpecs.map(StringUtf8Coder.of(), VarLongCoder.of());

  @StateId("newest")
  private final StateSpec<ValueState<Long>> ofNewest = StateSpecs.value(VarLongCoder.of());

  @StateId("passed")
  private final StateSpec<ValueState<Integer>> ofPassed = StateSpecs.value(VarIntCoder.of());

  private final int index;
  private final String breach;
  private final long retention;
  private final Counter repeated = Metrics.counter("millrace", "repeated");

  /**
   * Of one expectation.
   *
   * @param index its place
   * @param retention in microseconds
   */
  SeenFn(int index, String breach, long retention) {
    this.index = index;
    this.breach = breach;
    this.retention = retention;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, KV<String, StreamRow>> keyed,
      @StateId("keys") MapState<String, Long> keys,
      @StateId("newest") ValueState<Long> newestState,
      @StateId("passed") ValueState<Integer> passedState,
      OutputReceiver<StreamRow> out) {
    StreamRow row = keyed.getValue().getValue();
    if (!row.isAccepted()) {
      out.output(row);
      return;
    }
    String key = keyed.getValue().getKey();
    @Nullable Long seen = keys.get(key).read();
    if (seen != null) {
      repeated.inc();
      out.output(row.aside(index, breach));
      return;
    }
    keys.put(key, row.time);
    @Nullable Long before = newestState.read();
    long newest = before == null ? row.time : Math.max(before, row.time);
    if (before == null || newest != before) {
      newestState.write(newest);
    }
    @Nullable Integer passed = passedState.read();
    int count = passed == null ? 1 : passed + 1;
    if (count == ROWS_A_CLEANING) {
      forget(keys, newest - retention);
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
