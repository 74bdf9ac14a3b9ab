package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.TableHistory;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import io.delta.exceptions.DeltaConcurrentModificationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.DeltaOptions;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.commands.WriteIntoDelta;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Puts rows into a Delta table in one commit, in place of those that a condition holds for or of
 * all. It is made even where no row goes in or out. A writer of DataFrames begins its transaction
 * where the table is then, so that what was committed since the rows were made would be replaced
 * unseen: here the table's history is looked at once the transaction has begun, and Delta meets
 * what comes after. Delta takes some commits for conflicts that are none, such as those of two days
 * of one partition: where the history that has them is nothing to these rows, they are put in
 * again.
 */
final class DeltaReplacement {
  private static final int TRIES = 5;

  private DeltaReplacement() {}

  /**
   * Commits.
   *
   * @param replaced the condition; empty of all rows
   * @param unseen throws where the history has what the rows were made without
   * @return the version that has the rows
   * @throws dev.millrace.transforms.problem.MillraceException where another commits at once
   */
  static long commit(
      SparkSession session,
      Dataset<Row> rows,
      Sink.Delta sink,
      Optional<String> replaced,
      Account account,
      Consumer<TableHistory> unseen) {
    for (int tries = 1; ; tries++) {
      try {
        return commitOnce(session, rows, sink, replaced, account, unseen);
      } catch (DeltaConcurrentModificationException conflict) {
        if (tries == TRIES) {
          throw TableHistory.meanwhile(sink, conflict);
        }
      } catch (Exception failure) {
        Optional<Problem> other = Failures.ofAnotherType(sink.path(), failure);
        if (other.isPresent()) {
          throw new MillraceException(other.get(), failure);
        }
        throw failure;
      }
    }
  }

  private static long commitOnce(
      SparkSession session,
      Dataset<Row> rows,
      Sink.Delta sink,
      Optional<String> replaced,
      Account account,
      Consumer<TableHistory> unseen) {
    DeltaLog log = DeltaLog.forTable(session, sink.path());
    OptimisticTransaction transaction = log.startTransaction(Option.empty(), Option.empty());
    unseen.accept(DeltaHistory.of(session, sink.path()));
    Map<String, String> options = new HashMap<>();
    replaced.ifPresent(condition -> options.put(DeltaOptions.REPLACE_WHERE_OPTION(), condition));
    options.put(
        replaced.isPresent()
            ? DeltaOptions.MERGE_SCHEMA_OPTION()
            : DeltaOptions.OVERWRITE_SCHEMA_OPTION(),
        "true");
    Seq<String> partitions = JavaConverters.asScalaBuffer(sink.partitionBy()).toSeq();
    WriteIntoDelta write =
        new WriteIntoDelta(
            log,
            SaveMode.Overwrite,
            new DeltaOptions(scala(options), session.sessionState().conf()),
            partitions,
            scala(Map.of("delta.logRetentionDuration", TableHistory.KEPT)),
            rows,
            Option.empty(),
            Option.empty());
    return transaction.commit(
        write.write(transaction, session, Option.empty(), false),
        new DeltaOperations.Write(
            SaveMode.Overwrite,
            Option.apply(partitions),
            Option.apply(replaced.orElse(null)),
            Option.apply(account.toJson())));
  }

  private static scala.collection.immutable.Map<String, String> scala(Map<String, String> map) {
    return DeltaAppend.values(map);
  }
}
