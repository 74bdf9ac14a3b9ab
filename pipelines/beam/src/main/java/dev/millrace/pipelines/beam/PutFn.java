package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.BatchTiles;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Puts shares of batches into the stores, one batch after the other. A later one of a share is
 * never before an earlier one: the earlier would be taken for done.
 */
final class PutFn extends DoFn<KV<Integer, StreamShare>, KV<String, KV<Long, Long>>> {
  private static final long serialVersionUID = 1L;

  @StateId("last")
  private final StateSpec<ValueState<Long>> ofLast = StateSpecs.value(VarLongCoder.of());

  private final StreamPlan plan;
  private final Counter entities = Metrics.counter("millrace", "entities_put");
  private transient @Nullable Map<Sink.OnlineAddress, OnlineStore> stores;

  PutFn(StreamPlan plan) {
    this.plan = plan;
  }

  @Setup
  public void setup() {
    stores = new HashMap<>();
    plan.spec()
        .tiles
        .forEach(
            tiles ->
                Objects.requireNonNull(stores)
                    .computeIfAbsent(tiles.sink().address(), StreamPlan::connect));
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, StreamShare> share,
      @StateId("last") ValueState<Long> lastState,
      OutputReceiver<KV<String, KV<Long, Long>>> out)
      throws IOException {
    StreamFailures.noted(plan, () -> put(share.getValue(), lastState, out));
  }

  private void put(
      StreamShare of, ValueState<Long> lastState, OutputReceiver<KV<String, KV<Long, Long>>> out) {
    @Nullable Long last = lastState.read();
    if (last != null && of.position() < last) {
      throw MillraceException.because(
          "Cannot go on with the tiles of " + plan.name(),
          "batch " + of.position() + " came after batch " + last + ", and would be taken for done",
          "Start the stream again: it loads what the online store lacks from the log");
    }
    requireServers();
    long[] versions = plan.versions().stream().mapToLong(Long::longValue).toArray();
    entities.inc(
        new BatchTiles(
                plan.spec(),
                plan.logId(),
                of.position(),
                versions,
                address -> Objects.requireNonNull(Objects.requireNonNull(stores).get(address)))
            .put(of.parts().iterator()));
    requireServers();
    lastState.write(of.position());
    out.output(KV.of("mark", KV.of(of.position(), of.end())));
  }

  /** A server that was started again may have lost what it answered for. */
  private void requireServers() {
    Objects.requireNonNull(stores)
        .forEach(
            (address, store) -> {
              if (!Objects.equals(plan.servers().get(address), store.runs())) {
                throw MillraceException.because(
                    "Cannot go on with the tiles of " + plan.name(),
                    "the online store at "
                        + address
                        + " was started again, and may lack what it was given",
                    "Who follows the stream starts it again, which loads the store from the log");
              }
            });
  }

  @Teardown
  public void teardown() {
    if (stores != null) {
      stores.values().forEach(OnlineStore::close);
    }
  }
}
