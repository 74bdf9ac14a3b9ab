package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Interval;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeamProcessTest {
  private static final Schema SALES =
      Schema.of(new Column("spent", PrimitiveType.LONG), new Column("at", PrimitiveType.TIMESTAMP));

  @TempDir Path dir;

  private BeamProcess start(String... options) {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"));
    return BeamProcess.start(java, List.of(options), dir.resolve("beam.log"));
  }

  private Scan log() {
    BeamEngine here = Direct.engine();
    here.hold(
        "sales",
        new Rows(
            SALES,
            List.of(
                List.of(1L, Instant.parse("2001-01-01T00:00:00Z")),
                List.of(2L, Instant.parse("2001-01-02T00:00:00Z")))));
    String path = dir.resolve("sales").toString();
    assertThat(
            here.run(
                    new Write(
                        new Scan(new Location.Memory("sales"), SALES), Sink.Delta.whole(path)))
                .rows())
        .isEqualTo(2);
    Interval second =
        new Interval(
            "at", Instant.parse("2001-01-02T00:00:00Z"), Instant.parse("2001-01-03T00:00:00Z"));
    return new Scan(Location.DeltaTable.at(path).asOf(0), SALES, Optional.of(second));
  }

  @Test
  void plansGoThereAndReportsComeBack() {
    Project doubled =
        Project.of(
            "the sales",
            log(),
            List.of(new NamedExpression("twice", "2 * spent")),
            Optional.of("spent > 0"));
    Write write = new Write(doubled, Sink.Delta.whole(dir.resolve("twice").toString()));
    try (BeamProcess engine = start("--runner=DirectRunner")) {
      assertThat(engine.collect(doubled).values()).containsExactly(List.of(4L));
      assertThat(engine.standing(List.of(write))).containsExactly(Standing.MISSING);
      assertThat(engine.run(write).rows()).isEqualTo(1);
      assertThat(engine.run(write).unchanged()).isTrue();
      assertThat(engine.version(Location.DeltaTable.at(dir.resolve("twice").toString())))
          .isEqualTo("0");

      Scan none = new Scan(Location.DeltaTable.at(dir.resolve("none").toString()), SALES);
      assertThatThrownBy(() -> engine.collect(none))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("there is no Delta table");
    }
  }

  @Test
  void anOptionThatTheRunnerDoesNotKnowIsSaidAtLaunch() {
    assertThatThrownBy(() -> start("--runner=DirectRunner", "--paralelism=2"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("paralelism");
  }

  @Test
  void aRunnerThatIsNotThereIsSaidAtLaunch() {
    assertThatThrownBy(() -> start("--runner=NoSuchRunner"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("NoSuchRunner");
  }
}
