package dev.millrace.registry;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The registry with its catalog in PostgreSQL: Debian's server, or that of a jar elsewhere. */
class PostgresRegistryTest extends RegistryContract {
  private static AutoCloseable server;
  private static UnaryOperator<String> uri;
  private static int databases;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Optional<PostgresServer> debian = PostgresServer.start();
    if (debian.isPresent()) {
      server = debian.get();
      uri = debian.get()::uri;
    } else {
      EmbeddedPostgres jar = EmbeddedPostgres.start();
      server = jar;
      uri = database -> jar.getJdbcUrl("postgres", database);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Override
  CatalogBed bed() throws SQLException {
    String database = "registry" + databases++;
    try (Connection connection =
            DriverManager.getConnection(uri.apply("postgres"), "postgres", "");
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
                uri.apply(database),
                "jdbc.user",
                "postgres",
                "warehouse",
                "file:" + directory));
    return CatalogBed.of(config);
  }
}
