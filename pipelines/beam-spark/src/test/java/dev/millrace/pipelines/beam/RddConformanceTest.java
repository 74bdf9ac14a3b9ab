package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.ConformanceCase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cases on Spark's resilient distributed datasets, in this process. */
class RddConformanceTest {
  private static final BeamEngine ENGINE = SparkShare.engine("SparkRunner");

  static List<ConformanceCase> cases() {
    return SparkShare.cases(0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(ConformanceCase each, @TempDir Path dir) {
    each.check(ENGINE, ENGINE::hold, dir.toString());
  }
}
