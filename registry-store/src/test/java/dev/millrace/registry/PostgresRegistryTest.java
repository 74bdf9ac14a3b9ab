package dev.millrace.registry;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The registry with its catalog in PostgreSQL. */
class PostgresRegistryTest extends RegistryContract {
  private static EmbeddedPostgres postgres;
  private static int databases;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Override
  CatalogBed bed() throws SQLException {
    String database = "registry" + databases++;
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    }
    RegistryConfig config =
        new RegistryConfig(
            "registry",
            Map.of(
                "type",
                "jdbc",
                "uri",
                postgres.getJdbcUrl("postgres", database),
                "jdbc.user",
                "postgres",
                "warehouse",
                "file:" + directory));
    return new CatalogBed() {
      @Override
      public RegistryConfig config() {
        return config;
      }

      @Override
      public void close() {}
    };
  }
}
