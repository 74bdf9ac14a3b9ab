package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.runs.SentRows;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.jspecify.annotations.Nullable;

/**
 * A topic of Kafka. One worker sends all, since a transaction is one producer's; the account is the
 * note of the transaction.
 */
record KafkaSink(Sink.Kafka sink, Topic topic, Schema schema) implements WholeSink {
  /** Key and value of a message; of what only says that there is a run, nothing. */
  private static final Coder<List<@Nullable String>> TEXTS =
      ListCoder.of(NullableCoder.of(StringUtf8Coder.of()));

  static KafkaSink of(Sink.Kafka sink, Schema schema, PipelineOptions options) {
    Map<String, String> settings =
        Connections.of(options, "kafka", sink.connection(), "bootstrap.servers");
    return new KafkaSink(sink, new Topic(settings, sink.topic()), schema);
  }

  @Override
  public Optional<Kept> kept(PlanIdentity identity) {
    return kept(topic, identity.plan());
  }

  private static Optional<Kept> kept(Topic topic, String plan) {
    return topic
        .lastNote(plan)
        .flatMap(
            note ->
                Optional.ofNullable(Account.parse(note.text()))
                    .map(account -> new Kept(account, "", note.messages())));
  }

  @Override
  public PCollection<String> replace(PCollection<UnsafeRow> rows, RunAccount account) {
    PCollection<List<@Nullable String>> messages =
        rows.apply("As JSON", ParDo.of(new TextFn(schema, sink.key()))).setCoder(TEXTS);
    PCollection<List<@Nullable String>> begin =
        rows.getPipeline()
            .apply(
                "Send once",
                Create.of(List.<List<@Nullable String>>of(List.of())).withCoder(TEXTS));
    return PCollectionList.of(messages)
        .and(begin)
        .apply("Send also nothing", Flatten.pCollections())
        .apply(
            "One sender",
            WithKeys.<String, List<@Nullable String>>of("").withKeyType(TypeDescriptors.strings()))
        .apply("Gather", GroupByKey.create())
        .apply("Send", ParDo.of(new SendFn(topic, account)).withSideInputs(account.awaited()));
  }

  @Override
  public String toString() {
    return sink + " by " + sink.key();
  }

  static final class TextFn extends DoFn<UnsafeRow, List<@Nullable String>> {
    private static final long serialVersionUID = 1L;

    private final Schema schema;
    private final LinkedHashMap<String, String> texts = new LinkedHashMap<>();
    private transient @Nullable RowProjection projection;

    TextFn(Schema schema, List<String> key) {
      this.schema = schema;
      texts.put("key", SentRows.key(key));
      texts.put("value", SentRows.value(schema.names()));
    }

    @Setup
    public void setup() {
      projection = Compiled.projection(texts, schema);
    }

    @ProcessElement
    public void process(@Element UnsafeRow row, OutputReceiver<List<@Nullable String>> out) {
      InternalRow message = Objects.requireNonNull(projection).apply(row);
      List<@Nullable String> both = new ArrayList<>();
      both.add(message.isNullAt(0) ? null : message.getUTF8String(0).toString());
      both.add(message.getUTF8String(1).toString());
      out.output(both);
    }
  }

  static final class SendFn extends DoFn<KV<String, Iterable<List<@Nullable String>>>, String> {
    private static final long serialVersionUID = 1L;

    private final Topic topic;
    private final RunAccount account;

    SendFn(Topic topic, RunAccount account) {
      this.topic = topic;
      this.account = account;
    }

    /** What expectations found, and what was read, might not fit into a note. */
    @ProcessElement
    public void process(ProcessContext context) {
      Account brief = new Account(account.brief().parts(), List.of(), Map.of());
      topic.send(
          StreamSupport.stream(context.element().getValue().spliterator(), false)
              .filter(texts -> !texts.isEmpty())
              .map(texts -> new Topic.Message(texts.get(0), Objects.requireNonNull(texts.get(1))))
              .iterator(),
          account.plan(),
          brief.toJson());
      context.output(Held.of(kept(topic, account.plan()).orElseThrow()).text());
    }
  }
}
