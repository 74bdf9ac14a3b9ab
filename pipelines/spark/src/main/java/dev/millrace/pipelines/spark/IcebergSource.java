package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.Optional;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.jspecify.annotations.Nullable;

/** Iceberg tables, by the names that the session's catalogs give them. */
final class IcebergSource {
  private IcebergSource() {}

  static Dataset<Row> read(SparkSession session, Location.IcebergTable location) {
    Table table = required(session, location.table());
    var reader = session.read().format("iceberg");
    if (location.snapshot().isPresent()) {
      long snapshot = location.snapshot().getAsLong();
      if (table.snapshot(snapshot) == null) {
        throw MillraceException.because(
            "Cannot read " + location,
            "the table has no such snapshot, or it has expired",
            "Name one of " + location.table() + ".snapshots");
      }
      reader = reader.option("snapshot-id", snapshot);
    }
    return reader.load(location.table());
  }

  /** The snapshot's number; {@code none} of a table that never had a row. */
  static String version(SparkSession session, Location.IcebergTable location) {
    if (location.snapshot().isPresent()) {
      return Long.toString(location.snapshot().getAsLong());
    }
    Snapshot newest = newest(required(session, location.table()));
    return newest == null ? "none" : Long.toString(newest.snapshotId());
  }

  /** The newest snapshot that changed rows: files that are joined are no new version. */
  static @Nullable Snapshot newest(Table table) {
    Snapshot newest = table.currentSnapshot();
    while (newest != null
        && DataOperations.REPLACE.equals(newest.operation())
        && newest.parentId() != null
        && table.snapshot(newest.parentId()) != null) {
      newest = table.snapshot(newest.parentId());
    }
    return newest;
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
    String catalog = name.substring(0, Math.max(0, name.indexOf('.')));
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
