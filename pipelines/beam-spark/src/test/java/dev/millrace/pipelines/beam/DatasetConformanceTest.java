package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.ConformanceCase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cases on Spark's datasets with a schema, in this process. */
class DatasetConformanceTest {
  private static final BeamEngine ENGINE = SparkShare.engine("SparkStructuredStreamingRunner");

  static List<ConformanceCase> cases() {
    return SparkShare.cases(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(ConformanceCase each, @TempDir Path dir) {
    each.check(ENGINE, ENGINE::hold, dir.toString());
  }
}
