package dev.millrace.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;

/** Reads and writes rows of one table with Iceberg's own Parquet reader and writer. */
final class IcebergTable {
  /** Commits of other models are no conflict and are retried; old metadata files are deleted. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "format-version", "2",
          "commit.retry.num-retries", "20",
          "commit.retry.min-wait-ms", "20",
          "commit.retry.max-wait-ms", "2000",
          "commit.retry.total-timeout-ms", "60000",
          "commit.manifest.min-count-to-merge", "8",
          "write.metadata.delete-after-commit.enabled", "true",
          "write.metadata.previous-versions-max", "20",
          "write.metadata.metrics.default", "full");

  private final Catalog catalog;
  private final TableIdentifier name;

  private IcebergTable(Catalog catalog, TableIdentifier name) {
    this.catalog = catalog;
    this.name = name;
  }

  /** The table of that name; made if there is none. */
  static IcebergTable ensure(Catalog catalog, TableIdentifier name, Schema schema) {
    if (!catalog.tableExists(name)) {
      try {
        if (catalog instanceof SupportsNamespaces namespaces
            && !namespaces.namespaceExists(name.namespace())) {
          namespaces.createNamespace(name.namespace());
        }
        catalog.buildTable(name, schema).withProperties(PROPERTIES).create();
      } catch (RuntimeException e) {
        awaitRival(catalog, name, schema, e);
      }
    }
    return new IcebergTable(catalog, name);
  }

  /** Another process made the namespace or the table between our look and our making it. */
  private static void awaitRival(
      Catalog catalog, TableIdentifier name, Schema schema, RuntimeException lost) {
    if (catalog.tableExists(name)) {
      return;
    }
    try {
      catalog.buildTable(name, schema).withProperties(PROPERTIES).create();
    } catch (RuntimeException e) {
      if (!catalog.tableExists(name)) {
        lost.addSuppressed(e);
        throw lost;
      }
    }
  }

  /** The table as it is now; what is read from it later stays as of now. */
  Table load() {
    return catalog.loadTable(name);
  }

  @Override
  public String toString() {
    return name.toString();
  }

  static List<Record> rows(Table table, Expression where, Collection<String> columns) {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> found =
        IcebergGenerics.read(table).where(where).select(columns).build()) {
      found.forEach(rows::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** A data file of one row that no snapshot holds yet. */
  static DataFile write(Table table, Record row) {
    String path =
        table
            .locationProvider()
            .newDataLocation(FileFormat.PARQUET.addExtension(UUID.randomUUID().toString()));
    DataWriter<Record> writer =
        new GenericAppenderFactory(table.schema(), table.spec())
            .setAll(table.properties())
            .newDataWriter(
                EncryptedFiles.plainAsEncryptedOutput(table.io().newOutputFile(path)),
                FileFormat.PARQUET,
                null);
    try (writer) {
      writer.write(row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return writer.toDataFile();
  }
}
