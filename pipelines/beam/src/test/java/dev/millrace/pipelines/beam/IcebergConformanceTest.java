package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.IcebergCase;
import dev.millrace.pipelines.conformance.IcebergCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables of Iceberg, read by workers without Spark. */
class IcebergConformanceTest {
  static List<IcebergCase> cases() {
    return IcebergCases.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(IcebergCase each, @TempDir Path warehouse) throws IOException {
    BeamEngine engine =
        BeamEngine.of(
            List.of(
                "--runner=DirectRunner",
                "--targetParallelism=2",
                "--connections={\"iceberg.lake.type\": \"hadoop\","
                    + " \"iceberg.lake.warehouse\": \""
                    + warehouse
                    + "\"}"));
    each.check(
        engine,
        CatalogUtil.buildIcebergCatalog(
            "lake",
            Map.of("type", "hadoop", "warehouse", warehouse.toString()),
            new Configuration()));
  }
}
