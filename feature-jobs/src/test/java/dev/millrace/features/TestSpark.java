package dev.millrace.features;

import dev.millrace.pipelines.spark.SparkEngine;
import java.util.Map;

/** One Spark for all tests of this JVM. */
final class TestSpark {
  static final SparkEngine ENGINE = SparkEngine.local(Map.of());

  private TestSpark() {}
}
