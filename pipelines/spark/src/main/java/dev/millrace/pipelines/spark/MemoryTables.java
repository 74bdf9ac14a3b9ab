package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.transforms.bytes.Digest;
import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** Rows that the driver holds, by name. */
final class MemoryTables {
  private static final int PARTITIONS = 2;

  private final Map<String, Rows> tables = new ConcurrentHashMap<>();

  void hold(String name, Rows rows) {
    tables.put(name, rows);
  }

  Dataset<Row> read(SparkSession session, Location.Memory location) {
    Rows rows = found(location);
    List<InternalRow> internal =
        rows.values().stream().map(row -> PlainRows.toCatalyst(rows.schema(), row)).toList();
    return session.internalCreateDataFrame(
        JavaSparkContext.fromSparkContext(session.sparkContext())
            .parallelize(internal, PARTITIONS)
            .rdd(),
        CatalystTypes.toCatalyst(rows.schema()),
        false);
  }

  /** A digest of what is held. */
  String version(Location.Memory location) {
    Rows rows = found(location);
    return Digest.sha256(rows.schema() + "\n" + rows.values());
  }

  private Rows found(Location.Memory location) {
    Rows rows = tables.get(location.name());
    if (rows == null) {
      throw new MillraceException(
          Problem.unknown("rows", location.name(), "memory", tables.keySet()));
    }
    return rows;
  }
}
