package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Tables of Iceberg that every engine which reads them must read alike, and call by one version.
 *
 * @param held the table's columns when it is made
 * @param columns that are declared
 * @param history what happens to the table
 * @param rows that come out in any order, to the bit; empty where an error is expected
 * @param error what the error says; empty where rows are expected
 */
public record IcebergCase(
    String name,
    org.apache.iceberg.Schema held,
    Schema columns,
    History history,
    List<List<@Nullable Object>> rows,
    String error) {
  /** What happens to a table before it is read. */
  interface History {
    /** The snapshot that is read then; null of a table that never had a row. */
    @Nullable Snapshot of(IcebergRows table) throws IOException;
  }

  /** {@code files that were joined are no new version}. */
  @Override
  public String toString() {
    return name;
  }

  /**
   * Runs the case.
   *
   * @param lake the catalog that the engine knows as {@code lake}
   * @throws AssertionError saying what came out instead
   */
  public void check(Engine engine, Catalog lake) throws IOException {
    TableIdentifier table = TableIdentifier.of("cases", name.replaceAll("\\W+", "_"));
    Snapshot read = history.of(new IcebergRows(lake.createTable(table, held)));
    Location there = Location.IcebergTable.named("lake." + table);
    String version = read == null ? "none" : Long.toString(read.snapshotId());
    if (!engine.version(there).equals(version)) {
      throw new AssertionError(
          name + "\nexpected version " + version + "\nfound    " + engine.version(there));
    }
    Scan scan = new Scan(there, columns);
    if (error.isEmpty()) {
      RowsText.requireSame(name, new Rows(columns, rows), engine.collect(scan));
    } else {
      RowsText.requireError(name, error, () -> engine.collect(scan));
    }
  }
}
