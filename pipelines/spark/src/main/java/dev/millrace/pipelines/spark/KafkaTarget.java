package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.expr;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.pipelines.runs.SentRows;
import dev.millrace.pipelines.stores.Topic;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * A topic of Kafka. One task sends all, since a transaction is one producer's; the account is the
 * note of the transaction.
 */
final class KafkaTarget implements WholeSinkRun.Target {
  private final Sink.Kafka sink;
  private final Topic topic;

  KafkaTarget(SparkSession session, Sink.Kafka sink) {
    this.sink = sink;
    this.topic =
        new Topic(
            Connections.of(session, "kafka", sink.connection(), "bootstrap.servers"), sink.topic());
  }

  @Override
  public Optional<Kept> kept(PlanIdentity identity) {
    return kept(identity.plan());
  }

  private Optional<Kept> kept(String plan) {
    return topic.lastNote(plan).flatMap(KafkaTarget::kept);
  }

  private static Optional<Kept> kept(Topic.Note note) {
    return Optional.ofNullable(Account.parse(note.text()))
        .map(account -> new Kept(account, "", note.messages()));
  }

  /** What expectations found, and what was read, might not fit into a note. */
  @Override
  public Kept replace(Dataset<Row> rows, Account account) {
    String plan = account.parts().get(0).plan();
    rows.select(
            expr(SentRows.key(sink.key())).as("key"),
            expr(SentRows.value(List.of(rows.columns()))).as("value"))
        .repartition(1)
        .foreachPartition(
            new Load(topic, plan, new Account(account.parts(), List.of(), Map.of()).toJson()));
    Kept kept = kept(plan).orElseThrow();
    return new Kept(account, "", kept.rows());
  }

  /** The task that sends all. */
  private static final class Load implements ForeachPartitionFunction<Row> {
    private static final long serialVersionUID = 1L;

    private final Topic topic;
    private final String plan;
    private final String note;

    Load(Topic topic, String plan, String note) {
      this.topic = topic;
      this.plan = plan;
      this.note = note;
    }

    @Override
    public void call(Iterator<Row> rows) {
      topic.send(
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return rows.hasNext();
            }

            @Override
            public Topic.Message next() {
              Row row = rows.next();
              @Nullable String key = row.isNullAt(0) ? null : row.getString(0);
              return new Topic.Message(key, row.getString(1));
            }
          },
          plan,
          note);
    }
  }

  @Override
  public String toString() {
    return sink + " by " + sink.key();
  }
}
