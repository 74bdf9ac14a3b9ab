package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.StreamRow;
import dev.millrace.transforms.expectation.Rule;
import dev.millrace.transforms.expression.CanonicalRow;
import java.nio.charset.StandardCharsets;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The steps of a stream: messages are judged, repetitions told, and those that came within some
 * time are published as one batch. Times of the runner are of when messages were read; when
 * something happened is a column of its row.
 */
final class StreamSteps<M> extends PTransform<PCollection<M>, PDone> {
  private static final long serialVersionUID = 1L;

  /** Into how many shares the keys are divided by which repetitions are told. */
  private static final int SHARES = 32;

  private final StreamPlan plan;
  private final RawMessage.From<M> from;

  StreamSteps(StreamPlan plan, RawMessage.From<M> from) {
    this.plan = plan;
    this.from = from;
  }

  @Override
  public PDone expand(PCollection<M> messages) {
    PCollection<StreamRow> rows =
        messages
            .apply("Judge", ParDo.of(new ReceiveFn<>(plan, from)))
            .setCoder(new StreamRowCoder());
    long retention = plan.spec().retention;
    if (!plan.hasOffsets()) {
      // One that is older than this has come too late to count, whenever it comes.
      rows =
          unrepeated(
              rows,
              "messages",
              row -> row.place.id(),
              SeenFn.messages(retention + plan.spec().ahead));
    }
    for (int i = 0; i < plan.spec().expectations.size(); i++) {
      if (plan.spec().expectations.get(i).rule() instanceof Rule.Unique rule) {
        CanonicalRow key = CanonicalRow.of(plan.spec().judged, rule.columns());
        rows =
            unrepeated(
                rows,
                Integer.toString(i),
                row -> new String(key.bytes(row.judged), StandardCharsets.ISO_8859_1),
                SeenFn.rows(i, rule.breach(), retention));
      }
    }
    PCollection<KV<Integer, StreamShare>> shares =
        rows.apply(
                "Together",
                WithKeys.<String, StreamRow>of("batch").withKeyType(TypeDescriptors.strings()))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), new StreamRowCoder()))
            .apply("Publish", ParDo.of(new PublishFn(plan)))
            .setCoder(KvCoder.of(VarIntCoder.of(), new StreamShare.ShareCoder()));
    if (!plan.spec().tiles.isEmpty()) {
      PCollection<Void> unused =
          shares
              .apply("Put online", ParDo.of(new PutFn(plan)))
              .setCoder(
                  KvCoder.of(
                      StringUtf8Coder.of(), KvCoder.of(VarLongCoder.of(), VarLongCoder.of())))
              .apply("Mark", ParDo.of(new MarkFn(plan)));
    }
    return PDone.in(messages.getPipeline());
  }

  private static PCollection<StreamRow> unrepeated(
      PCollection<StreamRow> rows,
      String name,
      SerializableFunction<StreamRow, String> key,
      SeenFn seen) {
    return rows.apply("Agree " + name, ParDo.of(new AgreeFn(key)))
        .setCoder(
            KvCoder.of(VarIntCoder.of(), KvCoder.of(StringUtf8Coder.of(), new StreamRowCoder())))
        .apply("Seen " + name, ParDo.of(seen))
        .setCoder(new StreamRowCoder());
  }

  /** Rows by what must not be repeated, in shares. */
  static final class AgreeFn extends DoFn<StreamRow, KV<Integer, KV<String, StreamRow>>> {
    private static final long serialVersionUID = 1L;

    private final SerializableFunction<StreamRow, String> key;

    AgreeFn(SerializableFunction<StreamRow, String> key) {
      this.key = key;
    }

    @ProcessElement
    public void process(
        @Element StreamRow row, OutputReceiver<KV<Integer, KV<String, StreamRow>>> out) {
      String text = key.apply(row);
      out.output(KV.of(Math.floorMod(text.hashCode(), SHARES), KV.of(text, row)));
    }
  }
}
