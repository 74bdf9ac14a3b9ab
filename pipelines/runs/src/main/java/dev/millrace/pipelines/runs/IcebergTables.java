package dev.millrace.pipelines.runs;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.util.Optional;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * What a table of Iceberg says to every engine: which of its snapshots is read, what the version of
 * that is, and which run wrote it.
 */
public final class IcebergTables {
  /** The property of a snapshot's summary that has the account of the run which made it. */
  public static final String ACCOUNT = "millrace-account";

  private IcebergTables() {}

  /**
   * The catalog that a table's name begins with.
   *
   * @throws MillraceException where that is no name of a table
   */
  public static String catalog(String table) {
    int dot = table.indexOf('.');
    if (dot <= 0 || dot == table.length() - 1) {
      throw MillraceException.because(
          "Cannot find the Iceberg table " + table,
          "that is no name of a table",
          "Write catalog.namespace.table");
    }
    return table.substring(0, dot);
  }

  /**
   * The newest snapshot that changed rows: files that are joined are no new version.
   *
   * @return null of a table that never had a row
   */
  public static @Nullable Snapshot newest(Table table) {
    Snapshot newest = table.currentSnapshot();
    while (newest != null
        && DataOperations.REPLACE.equals(newest.operation())
        && newest.parentId() != null
        && table.snapshot(newest.parentId()) != null) {
      newest = table.snapshot(newest.parentId());
    }
    return newest;
  }

  /**
   * The snapshot that a location names, or the newest where it names none.
   *
   * @return null of a table that never had a row
   * @throws MillraceException where the table has no such snapshot
   */
  public static @Nullable Snapshot snapshot(Table table, Location.IcebergTable location) {
    if (location.snapshot().isEmpty()) {
      return newest(table);
    }
    Snapshot snapshot = table.snapshot(location.snapshot().getAsLong());
    if (snapshot == null) {
      throw MillraceException.because(
          "Cannot read " + location,
          "the table has no such snapshot, or it has expired",
          "Name one of " + location.table() + ".snapshots");
    }
    return snapshot;
  }

  /** The snapshot's number; {@code none} where there is none. */
  public static String version(@Nullable Snapshot snapshot) {
    return snapshot == null ? "none" : Long.toString(snapshot.snapshotId());
  }

  /** What the last run left; empty where another than a run wrote last. */
  public static Optional<Kept> kept(Table table) {
    Snapshot newest = newest(table);
    if (newest == null) {
      return Optional.empty();
    }
    long rows = Long.parseLong(newest.summary().getOrDefault("total-records", "0"));
    return Optional.ofNullable(Account.parse(newest.summary().getOrDefault(ACCOUNT, "")))
        .map(account -> new Kept(account, version(newest), rows));
  }

  /** Says that a commit of a run was refused. */
  public static MillraceException conflict(Sink.Iceberg sink, Exception refusal) {
    return new MillraceException(
        new Problem(
            "Cannot write " + sink,
            "another run wrote the table meanwhile (" + refusal.getClass().getSimpleName() + ")",
            "Nothing of this run was written. Run it again: it builds on what the other left"),
        refusal);
  }
}
