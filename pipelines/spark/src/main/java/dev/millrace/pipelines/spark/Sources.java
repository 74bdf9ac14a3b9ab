package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.PlanNodes;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.problem.MillraceException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What lies at locations, opened with Spark. */
final class Sources {
  private final SparkSession session;
  private final MemoryTables memory;

  Sources(SparkSession session, MemoryTables memory) {
    this.session = session;
    this.memory = memory;
  }

  /** The scan's columns of all rows. */
  Dataset<Row> read(Scan scan) {
    Location location = scan.location();
    return location instanceof Location.Files files
        ? FileSource.read(session, scan, files)
        : ScanColumns.select(table(location), scan, location.toString());
  }

  private Dataset<Row> table(Location location) {
    if (location instanceof Location.DeltaTable table) {
      return DeltaHistory.read(session, table);
    }
    if (location instanceof Location.IcebergTable table) {
      return IcebergSource.read(session, table);
    }
    if (location instanceof Location.KafkaTopic || location instanceof Location.Pubsub) {
      throw MillraceException.because(
          "Cannot read " + location + " to its end",
          "it is a stream, and has none",
          "Follow the source");
    }
    return location instanceof Location.JdbcTable table
        ? JdbcSource.read(session, table)
        : memory.read(session, (Location.Memory) location);
  }

  /** The columns that what the rows are read from has, and no scan of it names. */
  Set<String> undeclared(Node rows) {
    Set<String> others = new TreeSet<>();
    for (Scan scan : PlanNodes.of(rows, Scan.class)) {
      others.addAll(columns(scan.location()));
    }
    for (Scan scan : PlanNodes.of(rows, Scan.class)) {
      others.removeAll(scan.schema().names());
    }
    return others;
  }

  private List<String> columns(Location location) {
    return location instanceof Location.Files files
        ? FileSource.columns(session, files)
        : Arrays.asList(table(location).columns());
  }

  /** The location at its version of now, where it keeps older ones and is there. */
  Location pinned(Location location) {
    if (location instanceof Location.DeltaTable table) {
      return DeltaHistory.exists(session, table.path())
          ? table.asOf(DeltaHistory.version(session, table))
          : table;
    }
    if (location instanceof Location.IcebergTable table && table.snapshot().isEmpty()) {
      String snapshot = IcebergSource.version(session, table);
      return snapshot.equals("none") ? table : table.asOf(Long.parseLong(snapshot));
    }
    return location;
  }

  /** What the location holds now, in a form that changes with it. */
  String version(Location location) {
    if (location instanceof Location.DeltaTable table) {
      return Long.toString(DeltaHistory.version(session, table));
    }
    if (location instanceof Location.IcebergTable table) {
      return IcebergSource.version(session, table);
    }
    if (location instanceof Location.JdbcTable table) {
      return JdbcSource.version(session, table);
    }
    return location instanceof Location.Files files
        ? FileSource.version(session, files)
        : memory.version((Location.Memory) location);
  }
}
