package dev.millrace.registry;

import dev.millrace.transforms.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The file of an embedded catalog, made before Iceberg opens it.
 *
 * <p>Iceberg's own way to make its two tables first lists the tables there and never closes that
 * result. On SQLite the connection then holds a read lock for as long as it lives, and once the
 * tables exist every writer, of this process and of others, waits in vain. So the tables are made
 * here, and {@code jdbc.init-catalog-tables} is off.
 */
final class SqliteFile {
  static final String PREFIX = "jdbc:sqlite:";

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "jdbc.init-catalog-tables", "false",
          "jdbc.schema-version", "V1",
          "jdbc.busy_timeout", "60000",
          "jdbc.journal_mode", "WAL");

  /** What Iceberg's JdbcCatalog expects in schema version V1. */
  private static final List<String> TABLES =
      List.of(
          """
          create table if not exists iceberg_tables(
            catalog_name varchar(255) not null,
            table_namespace varchar(255) not null,
            table_name varchar(255) not null,
            metadata_location varchar(1000),
            previous_metadata_location varchar(1000),
            iceberg_type varchar(5),
            primary key (catalog_name, table_namespace, table_name))""",
          """
          create table if not exists iceberg_namespace_properties(
            catalog_name varchar(255) not null,
            namespace varchar(255) not null,
            property_key varchar(255),
            property_value varchar(1000),
            primary key (catalog_name, namespace, property_key))""");

  private SqliteFile() {}

  /** The catalog properties with those that SQLite needs, if they name it. */
  static Map<String, String> completed(Map<String, String> properties) {
    Map<String, String> completed = new TreeMap<>(properties);
    if (properties.getOrDefault("uri", "").startsWith(PREFIX)) {
      completed.putAll(PROPERTIES);
    }
    return completed;
  }

  /**
   * Makes the file that the catalog's address names, its directory and its tables, if it is
   * SQLite's.
   */
  static void prepare(RegistryConfig config) {
    String uri = config.catalogProperties().getOrDefault("uri", "");
    if (!uri.startsWith(PREFIX)) {
      return;
    }
    Path file = Path.of(uri.substring(PREFIX.length()).replaceFirst("\\?.*", ""));
    Path directory = file.toAbsolutePath().resolveSibling("");
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, ".millrace", null));
      createTables(uri);
    } catch (IOException | SQLException e) {
      throw new RegistryException(
          new Problem(
              "Cannot keep a registry in '" + directory + "'",
              reason(directory, e),
              "Choose a directory that this user may create and write."),
          e);
    }
  }

  private static void createTables(String uri) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", "60000");
    properties.setProperty("journal_mode", "WAL");
    try (Connection connection = DriverManager.getConnection(uri, properties);
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.executeUpdate(table);
      }
    }
  }

  private static String reason(Path directory, Exception cause) {
    Path existing = directory;
    while (!Files.exists(existing)) {
      existing = existing.resolveSibling("");
    }
    if (!Files.isDirectory(existing)) {
      return "'" + existing + "' is not a directory";
    }
    return Files.isWritable(existing)
        ? cause.toString()
        : "'" + existing + "' is not writable by this user";
  }
}
