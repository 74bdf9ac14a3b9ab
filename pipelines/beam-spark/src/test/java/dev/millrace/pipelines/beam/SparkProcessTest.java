package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark in a process of its own, on the class path that the command gives it. */
class SparkProcessTest {
  private static final Schema SALES = Schema.of(new Column("spent", PrimitiveType.LONG));

  @TempDir Path dir;

  private BeamProcess start(String... options) throws IOException {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    OpenModules.all().forEach(module -> java.add("--add-opens=" + module));
    java.add("-Xmx512m");
    java.add("-cp");
    java.add(Files.readString(Path.of("target/runner.classpath")).strip());
    return BeamProcess.start(java, List.of(options), dir.resolve("beam.log"));
  }

  private Scan log() {
    BeamEngine here = SparkShare.engine("SparkRunner");
    here.hold("sales", new Rows(SALES, List.of(List.of(1L), List.of(2L))));
    String path = dir.resolve("sales").toString();
    Write log = new Write(new Scan(new Location.Memory("sales"), SALES), Sink.Delta.whole(path));
    assertThat(here.run(log).rows()).isEqualTo(2);
    return new Scan(Location.DeltaTable.at(path), SALES);
  }

  @Test
  void plansGoThereAndRowsComeBack() throws IOException {
    Project doubled =
        Project.of(
            "the sales",
            log(),
            List.of(new NamedExpression("twice", "2 * spent")),
            Optional.of("spent > 1"));
    try (BeamProcess engine = start("--runner=SparkRunner", "--sparkMaster=local[1]")) {
      assertThat(engine.collect(doubled).values()).containsExactly(List.of(4L));
    }
  }

  @Test
  void anOptionThatSparkDoesNotKnowIsSaidAtLaunch() {
    assertThatThrownBy(() -> start("--runner=SparkRunner", "--parallelism=2"))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot run with the options [--runner=SparkRunner, --parallelism=2]:")
        .hasMessageContaining("parallelism");
  }
}
