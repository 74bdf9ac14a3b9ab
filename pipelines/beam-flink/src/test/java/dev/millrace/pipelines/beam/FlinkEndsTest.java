package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sinks and sources of workers with what their class path has of Spark, which is Catalyst alone.
 */
class FlinkEndsTest {
  private static final Schema SALES =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));

  @TempDir Path dir;

  private BeamEngine engine() {
    return BeamEngine.of(
        List.of(
            "--runner=FlinkRunner",
            "--flinkMaster=[local]",
            "--parallelism=2",
            "--connections={\"iceberg.lake.type\": \"hadoop\", \"iceberg.lake.warehouse\": \""
                + dir.resolve("lake")
                + "\"}"));
  }

  private void takesEachRunOnce(Sink sink, Location there) {
    BeamEngine engine = engine();
    Instant at = Instant.parse("2024-03-01T10:00:00.000001Z");
    engine.hold("sales", new Rows(SALES, List.of(List.of("a", at, 1.5), List.of("b", at, 2.0))));
    Write write = new Write(new Scan(new Location.Memory("sales"), SALES), sink);
    WriteReport first = engine.run(write);
    assertThat(first.rows()).isEqualTo(2);
    assertThat(first.unchanged()).isFalse();
    assertThat(engine.run(write)).isEqualTo(first.unchanged(true));
    assertThat(engine.collect(new Scan(there, SALES)).values())
        .containsExactlyInAnyOrder(List.of("a", at, 1.5), List.of("b", at, 2.0));
    engine.hold("sales", new Rows(SALES, List.of()));
    assertThat(engine.run(write).rows()).isZero();
  }

  @Test
  void parquet() {
    String sales = dir.resolve("sales").toString();
    takesEachRunOnce(
        new Sink.Parquet(sales), new Location.Files(Location.Files.Format.PARQUET, sales));
  }

  @Test
  void iceberg() {
    takesEachRunOnce(
        new Sink.Iceberg("lake.shop.sales", List.of("shop")),
        Location.IcebergTable.named("lake.shop.sales"));
  }
}
