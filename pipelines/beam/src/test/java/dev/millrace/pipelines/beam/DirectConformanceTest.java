package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.ConformanceCase;
import dev.millrace.pipelines.conformance.ConformanceSuite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DirectConformanceTest {
  private static final BeamEngine ENGINE = Direct.engine();

  static List<ConformanceCase> cases() {
    return ConformanceSuite.cases();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(ConformanceCase each, @TempDir Path dir) {
    each.check(ENGINE, ENGINE::hold, dir.toString());
  }
}
