package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.conformance.IcebergCase;
import dev.millrace.pipelines.conformance.IcebergCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables of Iceberg. */
class IcebergConformanceTest {
  private static SparkEngine engine;
  private static Catalog lake;

  static List<IcebergCase> cases() {
    return IcebergCases.all();
  }

  @BeforeAll
  static void start(@TempDir Path warehouse) {
    Map<String, String> settings = Map.of("type", "hadoop", "warehouse", warehouse.toString());
    SparkSession session = TestSpark.ENGINE.session().newSession();
    session.conf().set("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog");
    settings.forEach((name, value) -> session.conf().set("spark.sql.catalog.lake." + name, value));
    engine = SparkEngine.on(session);
    lake = CatalogUtil.buildIcebergCatalog("lake", settings, new Configuration());
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(IcebergCase each) throws IOException {
    each.check(engine, lake);
  }
}
