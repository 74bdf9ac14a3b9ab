package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.Stamp;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** Says of each view how far it is online, once all shares of a batch are. */
final class MarkFn extends DoFn<KV<String, KV<Long, Long>>, Void> {
  private static final long serialVersionUID = 1L;

  @StateId("there")
  private final StateSpec<MapState<Long, Integer>> ofThere =
      StateSpecs.map(VarLongCoder.of(), VarIntCoder.of());

  private final StreamPlan plan;
  private transient @Nullable Map<Sink.OnlineAddress, OnlineStore> stores;

  MarkFn(StreamPlan plan) {
    this.plan = plan;
  }

  @Setup
  public void setup() {
    stores = new java.util.HashMap<>();
  }

  @ProcessElement
  public void process(
      @Element KV<String, KV<Long, Long>> share, @StateId("there") MapState<Long, Integer> there) {
    long position = Objects.requireNonNull(share.getValue().getKey());
    @Nullable Integer before = there.get(position).read();
    int now = before == null ? 1 : before + 1;
    if (now < PublishFn.SHARES) {
      there.put(position, now);
      return;
    }
    there.remove(position);
    for (int view = 0; view < plan.spec().tiles.size(); view++) {
      Sink.Online online = plan.spec().tiles.get(view).sink();
      OnlineStore store =
          Objects.requireNonNull(stores).computeIfAbsent(online.address(), StreamPlan::connect);
      boolean marked =
          store.mark(online.space()).filter(up -> up.holds(plan.logId(), position)).isPresent();
      if (!marked) {
        store.mark(
            online.space(),
            new Stamp(
                plan.logId(),
                position,
                plan.versions().get(view),
                Objects.requireNonNull(share.getValue().getValue())));
      }
    }
  }

  @Teardown
  public void teardown() {
    if (stores != null) {
      stores.values().forEach(OnlineStore::close);
    }
  }
}
