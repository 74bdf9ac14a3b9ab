package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.runs.IcebergTables;
import dev.millrace.pipelines.runs.LocalFiles;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.problem.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * What an Iceberg table is called, in a catalog whose settings are a connection of the options:
 * {@code iceberg.<catalog>.type} and whatever else Iceberg's catalogs take.
 *
 * @param table the catalog's name first
 * @param settings of the catalog
 */
record IcebergName(String table, Map<String, String> settings) implements Serializable {
  IcebergName {
    settings = new HashMap<>(settings);
  }

  /**
   * Of a table that is there or not.
   *
   * @throws MillraceException where that is no name, or the options know no such catalog
   */
  static IcebergName of(String table, PipelineOptions options) {
    return new IcebergName(
        table, Connections.of(options, "iceberg", IcebergTables.catalog(table), "type"));
  }

  /**
   * Refuses to go on without Iceberg's library.
   *
   * @param doing what is to be done with a table
   */
  static void requireLibrary(String doing) {
    try {
      Class<?> unused = Class.forName("org.apache.iceberg.CatalogUtil");
    } catch (ClassNotFoundException none) {
      throw new MillraceException(
          new Problem(
              "Cannot " + doing,
              "Iceberg is not on the class path",
              "Put iceberg-spark-runtime-3.5_2.12 and jackson-datatype-jsr310 there, for the workers too"),
          none);
    }
  }

  <T> T inCatalog(Function<Catalog, T> work) {
    Catalog catalog =
        CatalogUtil.buildIcebergCatalog(IcebergTables.catalog(table), settings, LocalFiles.conf());
    try (Closeable closing = catalog instanceof Closeable open ? open : () -> {}) {
      return work.apply(catalog);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  TableIdentifier identifier() {
    return TableIdentifier.parse(table.substring(table.indexOf('.') + 1));
  }

  Optional<Table> find(Catalog catalog) {
    return catalog.tableExists(identifier())
        ? Optional.of(catalog.loadTable(identifier()))
        : Optional.empty();
  }
}
