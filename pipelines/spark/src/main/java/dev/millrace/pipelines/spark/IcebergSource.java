package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.runs.IcebergTables;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Iceberg tables, by the names that the session's catalogs give them. */
final class IcebergSource {
  private IcebergSource() {}

  static Dataset<Row> read(SparkSession session, Location.IcebergTable location) {
    Table table = required(session, location.table());
    var reader = session.read().format("iceberg");
    if (location.snapshot().isPresent()) {
      reader =
          reader.option(
              "snapshot-id", IcebergTables.version(IcebergTables.snapshot(table, location)));
    }
    return reader.load(location.table());
  }

  /** The snapshot's number; {@code none} of a table that never had a row. */
  static String version(SparkSession session, Location.IcebergTable location) {
    if (location.snapshot().isPresent()) {
      return Long.toString(location.snapshot().getAsLong());
    }
    return IcebergTables.version(IcebergTables.newest(required(session, location.table())));
  }

  private static Table required(SparkSession session, String name) {
    return find(session, name)
        .orElseThrow(
            () ->
                MillraceException.because(
                    "Cannot read the Iceberg table " + name,
                    "there is none of that name",
                    "Check the name, which begins with a catalog of the session"));
  }

  /** The table as it is now. */
  static Optional<Table> find(SparkSession session, String name) {
    String catalog = IcebergTables.catalog(name);
    if (session.conf().getOption("spark.sql.catalog." + catalog).isEmpty()) {
      throw new MillraceException(
          new Problem(
              "Cannot find the Iceberg table " + name,
              "the session has no catalog '" + catalog + "'",
              "Set spark.sql.catalog."
                  + catalog
                  + ", or begin the name with a catalog that it has"));
    }
    try {
      Table table = Spark3Util.loadIcebergTable(session, name);
      table.refresh();
      return Optional.of(table);
    } catch (NoSuchTableException none) {
      return Optional.empty();
    } catch (org.apache.spark.sql.catalyst.parser.ParseException wrong) {
      throw new MillraceException(
          new Problem(
              "Cannot find the Iceberg table " + name,
              "that is no name of a table",
              "Write catalog.namespace.table"),
          wrong);
    }
  }
}
