package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.conformance.ConformanceCase;
import dev.millrace.pipelines.conformance.ConformanceSuite;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.transforms.expression.PinnedSettings;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  /** Another value of each pinned setting that is more than true or false. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "spark.sql.session.timeZone", "America/New_York",
          "spark.sql.timestampType", "TIMESTAMP_NTZ",
          "spark.sql.legacy.timeParserPolicy", "LEGACY",
          "spark.sql.storeAssignmentPolicy", "LEGACY",
          "spark.sql.mapKeyDedupPolicy", "LAST_WIN",
          "spark.sql.columnNameOfCorruptRecord", "bad");

  static List<ConformanceCase> cases() {
    return ConformanceSuite.cases().stream()
        .filter(each -> each.toString().matches("(expressions|errors|refused): .*"))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyCaseOfAnExpressionHoldsWhereEverySettingIsAnother(ConformanceCase each) {
    PinnedSettings.all()
        .forEach(
            (name, value) ->
                foreign
                    .conf()
                    .set(
                        name,
                        Objects.requireNonNullElseGet(
                            OTHERS.get(name), () -> "" + !Boolean.parseBoolean(value))));
    PinnedSettings.unset().forEach(name -> foreign.conf().set(name, "true"));
    SparkEngine other = SparkEngine.on(foreign);
    each.check(other, other::hold, dir.toString());
  }

  @Test
  void aMalformedRowIsOneWhereAFilterLeavesItOutToo() throws IOException {
    Path file =
        Files.writeString(dir.resolve("t.json"), "{\"n\":1,\"m\":\"x\"}\n{\"n\":5,\"m\":2}\n");
    Schema columns =
        Schema.of(new Column("n", PrimitiveType.INT), new Column("m", PrimitiveType.INT));
    Node rows = new Scan(new Location.Files(Location.Files.Format.JSON, file.toString()), columns);
    Node filtered =
        Project.of(
            "test",
            rows,
            List.of(NamedExpression.column("n"), NamedExpression.column("m")),
            Optional.of("n > 3"));
    assertThatThrownBy(() -> engine.collect(filtered)).hasMessageContaining("t.json");
  }

  @Test
  void theForeignSessionKeepsItsOwn() {
    values("1");
    assertThat(foreign.conf().get("spark.sql.ansi.enabled")).isEqualTo("false");
    assertThat(SparkSession.active()).isSameAs(foreign);
  }
}
