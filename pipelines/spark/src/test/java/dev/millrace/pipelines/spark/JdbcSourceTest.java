package dev.millrace.pipelines.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables of a database, over a real PostgreSQL. */
class JdbcSourceTest {
  private static EmbeddedPostgres postgres;
  private static SparkEngine engine;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
    SparkSession session = TestSpark.ENGINE.session().newSession();
    Map.of(
            "spark.millrace.jdbc.shop.url", postgres.getJdbcUrl("postgres", "postgres"),
            "spark.millrace.jdbc.shop.user", "postgres",
            "spark.millrace.jdbc.gone.url", "jdbc:postgresql://localhost:1/postgres")
        .forEach((name, value) -> session.conf().set(name, value));
    engine = SparkEngine.on(session);
  }

  @AfterAll
  static void stop() throws IOException {
    engine.close();
    postgres.close();
  }

  private static Rows visits(Location location) {
    return engine.collect(new Scan(location, TestSpark.VISITS));
  }

  @Test
  void rowsAreReadAndEveryChangeIsAnotherVersion() throws SQLException {
    sql("create table visits (shop text, at timestamp, spent double precision, note text)");
    sql(
        "insert into visits values ('a', '2024-03-01 10:00:00.000001', 1.5, 'x'), (null, null, null, null)");
    Location table = new Location.JdbcTable("shop", "visits");
    Rows rows = engine.collect(new Scan(table, TestSpark.VISITS));
    assertThat(rows.values())
        .containsExactlyInAnyOrder(
            List.of("a", Instant.parse("2024-03-01T10:00:00.000001Z"), 1.5),
            Arrays.asList(null, null, null));
    String version = engine.version(table);
    assertThat(engine.version(table)).isEqualTo(version);
    sql("update visits set note = 'y' where shop = 'a'");
    assertThat(engine.version(table)).isNotEqualTo(version);
  }

  @Test
  void aValueThatMovesBetweenColumnsIsAChange() throws SQLException {
    sql("create table pairs (one int, other int)");
    sql("insert into pairs values (5, null)");
    Location table = new Location.JdbcTable("shop", "pairs");
    String version = engine.version(table);
    sql("update pairs set one = null, other = 5");
    assertThat(engine.version(table)).isNotEqualTo(version);
  }

  @Test
  void timesOfADatabaseAreNotReadInAnotherZone() throws SQLException {
    sql("create table times (shop text, at timestamp, spent double precision)");
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
      assertThatThrownBy(() -> visits(new Location.JdbcTable("shop", "times")))
          .isInstanceOf(MillraceException.class)
          .hasMessageStartingWith(
              "Cannot read the times of jdbc shop times: "
                  + "the database's driver makes them by the zone of this JVM. "
                  + "Set -Duser.timezone=UTC");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> visits(new Location.JdbcTable("shop", "vists")))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot read jdbc shop vists: ERROR: relation \"vists\" does not exist. "
                + "Check the table's name and the settings spark.millrace.jdbc.shop.*.");
    assertThatThrownBy(() -> visits(new Location.JdbcTable("gone", "visits")))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read jdbc gone visits: Connection to localhost:1 refused.");
    assertThatThrownBy(() -> visits(new Location.JdbcTable("other", "visits")))
        .hasMessage(
            "Cannot connect to jdbc 'other': the session does not say where it is. "
                + "Set spark.millrace.jdbc.other.url.");
  }

  /** The types that a source may declare, there and back. */
  @Test
  void everyTypeThatADatabaseHasIsReadAsItIs() throws SQLException {
    sql(
        "create table kinds (b boolean, i int, l bigint, f real, d double precision,"
            + " n numeric(20, 4), s text, y bytea, day date, z timestamptz)");
    sql(
        "insert into kinds values (true, 1, 9007199254740993, 1.5, 'NaN', 1234567890123456.7891,"
            + " 'x', '\\x0102', '1900-01-01', '2024-03-31 03:30:00+02')");
    Schema schema =
        Schema.of(
            new Column("b", PrimitiveType.BOOLEAN),
            new Column("i", PrimitiveType.INT),
            new Column("l", PrimitiveType.LONG),
            new Column("f", PrimitiveType.FLOAT),
            new Column("d", PrimitiveType.DOUBLE),
            new Column("n", new DecimalType(20, 4)),
            new Column("s", PrimitiveType.STRING),
            new Column("day", PrimitiveType.DATE),
            new Column("z", PrimitiveType.TIMESTAMP));
    Rows rows = engine.collect(new Scan(new Location.JdbcTable("shop", "kinds"), schema));
    assertThat(rows.values())
        .containsExactly(
            List.of(
                true,
                1,
                9007199254740993L,
                1.5f,
                Double.NaN,
                new BigDecimal("1234567890123456.7891"),
                "x",
                LocalDate.of(1900, 1, 1),
                Instant.parse("2024-03-31T01:30:00Z")));
  }

  private static void sql(String statement) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement run = connection.createStatement()) {
      run.execute(statement);
    }
  }
}
