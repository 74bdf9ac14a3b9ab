package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.pipelines.core.Location;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tables of databases. Timestamps without a zone are in UTC. */
final class JdbcSource {
  private JdbcSource() {}

  static Dataset<Row> read(SparkSession session, Location.JdbcTable table) {
    return explained(
        table,
        () ->
            session
                .read()
                .format("jdbc")
                .option("preferTimestampNTZ", true)
                .options(Connections.of(session, "jdbc", table.connection(), "url"))
                .option("dbtable", table.table())
                .load());
  }

  /**
   * The count of the rows and a sum of their hashes, since a database has no versions: all of the
   * table is read for it.
   */
  static String version(SparkSession session, Location.JdbcTable table) {
    Dataset<Row> rows = read(session, table);
    Row digest =
        explained(
            table,
            () -> rows.agg(count(lit(1)), expr("sum(cast(xxhash64(*) as decimal(20)))")).head());
    return digest.getLong(0) + " " + digest.get(1);
  }

  private static <T> T explained(Location.JdbcTable table, Callable<T> work) {
    try {
      return work.call();
    } catch (Exception failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof MillraceException ours) {
          throw ours;
        }
        if (cause instanceof SQLException refused) {
          throw new MillraceException(
              new Problem(
                  "Cannot read " + table,
                  String.valueOf(refused.getMessage()).lines().findFirst().orElse(""),
                  "Check the table's name and the settings spark.millrace.jdbc."
                      + table.connection()
                      + ".*"),
              failure);
        }
      }
      throw failure instanceof RuntimeException unexplained
          ? unexplained
          : new IllegalStateException(failure);
    }
  }
}
