package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine on a session that someone set up otherwise: what an expression means does not change
 * with it.
 */
class SettingsTest {
  @TempDir Path dir;
  private SparkSession foreign;
  private SparkEngine engine;

  @BeforeEach
  void otherSettings() {
    foreign = ENGINE.session().newSession();
    foreign.conf().set("spark.sql.session.timeZone", "America/New_York");
    foreign.conf().set("spark.sql.ansi.enabled", "false");
    SparkSession.setActiveSession(foreign);
    engine = SparkEngine.on(foreign);
  }

  @AfterEach
  void forget() {
    SparkSession.clearActiveSession();
  }

  private Engine.Rows values(String expression) {
    Node visits =
        TestSpark.visits(dir.resolve("visits"), List.of(visit("abc", "2001-01-01T00:00:00Z", 0.0)));
    return engine.collect(
        Project.of(
            "test", visits, List.of(new NamedExpression("value", expression)), Optional.empty()));
  }

  @Test
  void timesAreUtc() {
    assertThat(values("at >= timestamp'2001-01-01 00:00:00'").column("value"))
        .containsExactly(true);
    assertThat(values("hour(at)").column("value")).containsExactly(0);
  }

  @Test
  void overflowDivisionByZeroAndBadCastsAreErrors() {
    assertThatThrownBy(() -> values("cast(spent as int) + 2147483647 + 1"))
        .hasMessageContaining("overflow");
    assertThatThrownBy(() -> values("1 / spent")).hasMessageContaining("Division by zero");
    assertThatThrownBy(() -> values("cast(shop as int)")).hasMessageContaining("'abc'");
  }

  @Test
  void theForeignSessionKeepsItsOwn() {
    values("1");
    assertThat(foreign.conf().get("spark.sql.ansi.enabled")).isEqualTo("false");
    assertThat(SparkSession.active()).isSameAs(foreign);
  }
}
