package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Reads and writes rows of one table with Iceberg's own Parquet reader and writer. */
final class IcebergTable {
  /** Every table of a registry says which layout it has. */
  private static final String FORMAT = "millrace.format";

  private static final String CURRENT_FORMAT = "2";

  /** How often a read begins again because a file that it was about to read was compacted away. */
  private static final int READS = 5;

  /**
   * Appends that meet are retried by Iceberg itself; old metadata files are deleted; bounds are
   * kept of key columns only, since those of prose would fill the metadata.
   */
  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          Map.entry(FORMAT, CURRENT_FORMAT),
          Map.entry("format-version", "2"),
          Map.entry("commit.retry.num-retries", "20"),
          Map.entry("commit.retry.min-wait-ms", "20"),
          Map.entry("commit.retry.max-wait-ms", "2000"),
          Map.entry("commit.retry.total-timeout-ms", "60000"),
          Map.entry("commit.manifest.min-count-to-merge", "8"),
          Map.entry("write.metadata.delete-after-commit.enabled", "true"),
          Map.entry("write.metadata.previous-versions-max", "10"),
          Map.entry("write.metadata.metrics.default", "none"));

  private final Catalog catalog;
  private final TableIdentifier name;

  private IcebergTable(Catalog catalog, TableIdentifier name) {
    this.catalog = catalog;
    this.name = name;
  }

  /**
   * The table of that name; made if there is none.
   *
   * @param keys the columns that rows are looked up by
   * @param more properties of this table
   */
  static IcebergTable ensure(
      Catalog catalog, String name, Schema schema, List<String> keys, Map<String, String> more) {
    TableIdentifier identifier = TableIdentifier.of("models", name);
    if (!catalog.tableExists(identifier)) {
      Map<String, String> properties = new HashMap<>(PROPERTIES);
      keys.forEach(key -> properties.put("write.metadata.metrics.column." + key, "truncate(64)"));
      // Others make a file's footer larger, which every look reads; and the writer holds the least
      // and the largest value of every row group until the file ends, for parts a quarter of all.
      TypeUtil.indexNameById(schema.asStruct()).values().stream()
          .filter(column -> !keys.contains(column) && schema.findType(column).isPrimitiveType())
          .forEach(
              column -> properties.put("write.parquet.stats-enabled.column." + column, "false"));
      properties.putAll(more);
      create(catalog, identifier, schema, properties);
    }
    IcebergTable table = new IcebergTable(catalog, identifier);
    String format = table.load().properties().getOrDefault(FORMAT, "1");
    if (!format.equals(CURRENT_FORMAT)) {
      throw new RegistryException(
          new Problem(
              "Cannot use the registry's table " + identifier,
              "its layout is number "
                  + format
                  + ", and this version of Millrace knows number "
                  + CURRENT_FORMAT,
              "Use the version of Millrace that made it, or another registry."));
    }
    return table;
  }

  private static void create(
      Catalog catalog, TableIdentifier name, Schema schema, Map<String, String> properties) {
    try {
      if (catalog instanceof SupportsNamespaces namespaces
          && !namespaces.namespaceExists(name.namespace())) {
        namespaces.createNamespace(name.namespace());
      }
      catalog.buildTable(name, schema).withProperties(properties).create();
    } catch (RuntimeException lost) {
      // Another process made the namespace or the table between our look and our making it.
      if (catalog.tableExists(name)) {
        return;
      }
      try {
        catalog.buildTable(name, schema).withProperties(properties).create();
      } catch (RuntimeException e) {
        if (!catalog.tableExists(name)) {
          lost.addSuppressed(e);
          throw lost;
        }
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

  private Table loadToRead() {
    try {
      return load();
    } catch (RuntimeException unreachable) {
      throw new RegistryException(
          new Problem(
              "Cannot read " + name,
              "its catalog does not answer (" + unreachable.getMessage() + ")",
              "Check that the catalog can be reached, and ask again."),
          unreachable);
    }
  }

  /** What {@code reading} makes of the table as it is now. */
  <T> T read(Function<Table, T> reading) {
    for (int left = READS; ; left--) {
      try {
        return reading.apply(loadToRead());
      } catch (NotFoundException compacted) {
        if (left <= 1) {
          throw compacted;
        }
      }
    }
  }

  /**
   * The rows that hold {@code where} now.
   *
   * @param columns those that are wanted, and those that {@code where} is about
   */
  List<Record> rows(Expression where, Collection<String> columns) {
    return read(
        table -> {
          List<Record> rows = new ArrayList<>();
          Types.StructType type = table.schema().select(columns).asStruct();
          Evaluator holds = new Evaluator(type, where);
          InternalRecordWrapper values = new InternalRecordWrapper(type);
          for (DataFile file : files(table, where)) {
            try (CloseableIterable<Record> found = rows(table, file, where, columns)) {
              for (Record row : found) {
                if (holds.eval(values.wrap(row))) {
                  rows.add(row);
                }
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return rows;
        });
  }

  /** A row of the largest file, which takes the longest to open; empty if there is none. */
  Optional<Record> anyRow(Collection<String> columns) {
    return read(
        table -> {
          Optional<DataFile> largest =
              files(table, Expressions.alwaysTrue()).stream()
                  .max(Comparator.comparingLong(DataFile::fileSizeInBytes));
          if (largest.isEmpty()) {
            return Optional.empty();
          }
          try (CloseableIterable<Record> rows =
              rows(table, largest.get(), Expressions.alwaysTrue(), columns)) {
            Iterator<Record> first = rows.iterator();
            return first.hasNext() ? Optional.of(first.next()) : Optional.empty();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** The data files that may hold rows that hold {@code where}, the oldest first. */
  static List<DataFile> files(Table table, Expression where) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().planWith(InThisThread.EXECUTOR).filter(where).planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(
        Comparator.comparing(DataFile::fileSequenceNumber).thenComparing(DataFile::location));
    return files;
  }

  /** The rows of one data file, in its order; row groups that hold no such row are passed over. */
  static CloseableIterable<Record> rows(
      Table table, DataFile file, Expression where, Collection<String> columns) {
    return rows(table, file, where, columns, GenericParquetReaders::buildReader);
  }

  /** As above, with readers of one's own. */
  static CloseableIterable<Record> rows(
      Table table,
      DataFile file,
      Expression where,
      Collection<String> columns,
      BiFunction<Schema, MessageType, ParquetValueReader<?>> readers) {
    Schema projected = table.schema().select(columns);
    return Parquet.read(table.io().newInputFile(file.location()))
        .project(projected)
        .filter(where)
        .createReaderFunc(in -> readers.apply(projected, in))
        .build();
  }

  /** A data file of rows that no snapshot holds yet. */
  static DataFile write(Table table, Iterator<Record> rows) {
    String path =
        table
            .locationProvider()
            .newDataLocation(FileFormat.PARQUET.addExtension(UUID.randomUUID().toString()));
    DataWriter<Record> writer = writer(table, path);
    try (writer) {
      rows.forEachRemaining(writer::write);
    } catch (IOException e) {
      discard(table, path, new UncheckedIOException(e));
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      discard(table, path, e);
      throw e;
    }
    return writer.toDataFile();
  }

  /**
   * Parquet's writer reads Hadoop's files of defaults for each file that it begins, which takes
   * longer than to write a few rows; it needs none of them, since files go through Iceberg's {@code
   * FileIO}.
   */
  private static final ClassLoader WITHOUT_DEFAULTS =
      new ClassLoader(IcebergTable.class.getClassLoader()) {
        @Override
        public @Nullable URL getResource(String resource) {
          return resource.endsWith("-default.xml") || resource.endsWith("-site.xml")
              ? null
              : super.getResource(resource);
        }
      };

  private static DataWriter<Record> writer(Table table, String path) {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(WITHOUT_DEFAULTS);
    try {
      return new GenericAppenderFactory(table.schema(), table.spec())
          .setAll(table.properties())
          .newDataWriter(
              EncryptedFiles.plainAsEncryptedOutput(table.io().newOutputFile(path)),
              FileFormat.PARQUET,
              null);
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  /**
   * A file that no snapshot holds only takes room, so failing to delete it is no reason to fail.
   */
  static void discard(Table table, String path, RuntimeException reason) {
    try {
      table.io().deleteFile(path);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }
}
