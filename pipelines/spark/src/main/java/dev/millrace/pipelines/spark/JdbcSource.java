package dev.millrace.pipelines.spark;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import dev.millrace.pipelines.core.Location;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/** Tables of databases. Timestamps without a zone are in UTC. */
final class JdbcSource {
  private JdbcSource() {}

  static Dataset<Row> read(SparkSession session, Location.JdbcTable table) {
    Dataset<Row> rows =
        explained(
            table,
            () ->
                session
                    .read()
                    .format("jdbc")
                    .option("preferTimestampNTZ", true)
                    .options(Connections.of(session, "jdbc", table.connection(), "url"))
                    .option("dbtable", table.table())
                    .load());
    boolean hasTimes =
        Arrays.stream(rows.schema().fields())
            .anyMatch(field -> field.dataType().equals(DataTypes.TimestampNTZType));
    if (hasTimes) {
      requireUtc(session, table);
    }
    return rows;
  }

  /** Drivers of databases make times by the zone of the JVM that they run in. */
  private static void requireUtc(SparkSession session, Location.JdbcTable table) {
    boolean here = TimeZone.getDefault().toZoneId().normalized().equals(ZoneOffset.UTC);
    boolean there =
        session.sparkContext().isLocal()
            || session
                .sparkContext()
                .getConf()
                .get("spark.executor.extraJavaOptions", "")
                .contains("-Duser.timezone=UTC");
    if (!here || !there) {
      throw MillraceException.because(
          "Cannot read the times of " + table,
          "the database's driver makes them by the zone of " + (here ? "the workers" : "this JVM"),
          "Set -Duser.timezone=UTC in spark.driver.extraJavaOptions and spark.executor.extraJavaOptions");
    }
  }

  /**
   * The count of the rows and a sum of their hashes, since a database has no versions: all of the
   * table is read for it.
   */
  static String version(SparkSession session, Location.JdbcTable table) {
    Dataset<Row> rows = read(session, table);
    // A hash passes nulls over; where they are is hashed beside.
    String columns =
        Arrays.stream(rows.columns())
            .map(Expressions::quoted)
            .map(column -> column + ", " + column + " is null")
            .collect(Collectors.joining(", "));
    Column sum = expr("sum(cast(xxhash64(" + columns + ") as decimal(20)))");
    Row digest = explained(table, () -> rows.agg(count(lit(1)), sum).head());
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
