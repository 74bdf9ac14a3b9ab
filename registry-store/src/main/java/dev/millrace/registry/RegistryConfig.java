package dev.millrace.registry;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/**
 * Which Iceberg catalog holds the registry.
 *
 * <p>A Spark session reads the same tables with {@code spark.sql.catalog.<catalog>} set to {@code
 * org.apache.iceberg.spark.SparkCatalog} and each property as {@code
 * spark.sql.catalog.<catalog>.<key>}. The name must be the same there: a JDBC catalog keeps its
 * tables by it.
 *
 * @param catalog the catalog's name: a letter, then letters, digits, {@code _ . -}
 * @param catalogProperties Iceberg's catalog properties: {@code catalog-impl} or {@code type},
 *     {@code uri}, {@code warehouse}, credentials; for a catalog on SQLite completed with what
 *     keeps its readers from locking out writers
 */
public record RegistryConfig(String catalog, Map<String, String> catalogProperties) {
  public RegistryConfig {
    Names.check("a catalog name", catalog);
    catalogProperties = Collections.unmodifiableMap(SqliteFile.completed(catalogProperties));
    if (isHadoopCatalog(catalogProperties)) {
      throw new IllegalArgumentException(
          "Cannot keep a registry in a HadoopCatalog: when two processes commit at once it loses commits that it has"
              + " acknowledged. Use RegistryConfig.embedded(directory), or a JDBC, REST, Hive or Glue catalog.");
    }
  }

  /**
   * A registry in one directory of the local file system, for one machine and any number of its
   * processes: the catalog {@code registry} on SQLite in {@code catalog.db}, its tables in {@code
   * warehouse}. The directory is made when the registry is opened.
   *
   * @throws IllegalArgumentException if the path contains {@code ?}, which SQLite's address cannot
   *     hold
   */
  public static RegistryConfig embedded(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    if (root.toString().contains("?")) {
      throw new IllegalArgumentException(
          "Cannot keep a registry in '"
              + root
              + "': SQLite's address cannot hold a '?'. Choose another directory.");
    }
    return new RegistryConfig(
        "registry",
        Map.of(
            "catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog",
            "uri", SqliteFile.PREFIX + root.resolve("catalog.db"),
            "warehouse", "file:" + root.resolve("warehouse")));
  }

  private static boolean isHadoopCatalog(Map<String, String> properties) {
    return "hadoop".equalsIgnoreCase(properties.get("type"))
        || "org.apache.iceberg.hadoop.HadoopCatalog".equals(properties.get("catalog-impl"));
  }

  /** The catalog's name and the keys of its properties, without values that may be secret. */
  @Override
  public String toString() {
    return "catalog '" + catalog + "' with properties " + catalogProperties.keySet();
  }
}
