package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.ParquetFolder;
import dev.millrace.pipelines.runs.PlanIdentity;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A folder of Parquet files, which Spark writes. */
final class ParquetTarget implements WholeSinkRun.Target {
  private final SparkSession session;
  private final Sink.Parquet sink;
  private final ParquetFolder folder;

  ParquetTarget(SparkSession session, Sink.Parquet sink) {
    this.session = session;
    this.sink = sink;
    this.folder = new ParquetFolder(sink, session.sessionState().newHadoopConf());
  }

  @Override
  public Optional<Kept> kept(PlanIdentity identity) {
    return folder.kept();
  }

  @Override
  public Kept replace(Dataset<Row> rows, Account account) {
    ParquetFolder.Making made = folder.begin();
    rows.write().parquet(made.folder());
    return folder.publish(made, session.read().parquet(made.folder()).count(), account);
  }

  @Override
  public String toString() {
    return sink.toString();
  }
}
