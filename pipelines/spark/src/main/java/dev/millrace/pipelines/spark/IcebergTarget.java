package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.IcebergTables;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.expression.Expressions;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.CreateTableWriter;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import scala.collection.JavaConverters;

/** An Iceberg table; the account is in the snapshot's summary. */
final class IcebergTarget implements WholeSinkRun.Target {
  private final SparkSession session;
  private final Sink.Iceberg sink;

  IcebergTarget(SparkSession session, Sink.Iceberg sink) {
    this.session = session;
    this.sink = sink;
  }

  @Override
  public Optional<Kept> kept(PlanIdentity identity) {
    return kept();
  }

  private Optional<Kept> kept() {
    return IcebergSource.find(session, sink.table()).flatMap(IcebergTables::kept);
  }

  @Override
  public Kept replace(Dataset<Row> rows, Account account) {
    Optional<Table> before = IcebergSource.find(session, sink.table());
    DataFrameWriterV2<Row> writer =
        rows.writeTo(sink.table())
            .option("snapshot-property." + IcebergTables.ACCOUNT, account.toJson());
    try {
      if (before.isPresent() && takes(before.get(), rows)) {
        Snapshot newest = before.get().currentSnapshot();
        if (newest != null) {
          writer =
              writer
                  .option("isolation-level", "serializable")
                  .option("validate-from-snapshot-id", Long.toString(newest.snapshotId()));
        }
        writer.overwrite(lit(true));
      } else {
        anew(writer).createOrReplace();
      }
    } catch (NoSuchTableException | ValidationException | CommitFailedException conflict) {
      throw IcebergTables.conflict(sink, conflict);
    }
    return kept().orElseThrow();
  }

  private static boolean takes(Table table, Dataset<Row> rows) {
    return SparkSchemaUtil.convert(table.schema()).equals(rows.schema().asNullable());
  }

  private CreateTableWriter<Row> anew(DataFrameWriterV2<Row> writer) {
    CreateTableWriter<Row> table = writer.using("iceberg");
    List<Column> columns =
        sink.partitionBy().stream().map(name -> col(Expressions.quoted(name))).toList();
    return columns.isEmpty()
        ? table
        : table.partitionedBy(
            columns.get(0),
            JavaConverters.asScalaBuffer(columns.subList(1, columns.size())).toSeq());
  }

  @Override
  public String toString() {
    return sink + " by " + sink.partitionBy();
  }
}
