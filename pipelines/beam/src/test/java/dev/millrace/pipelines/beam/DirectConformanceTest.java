package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.ConformanceCase;
import dev.millrace.pipelines.conformance.ConformanceSuite;
import dev.millrace.pipelines.conformance.DeltaCase;
import dev.millrace.pipelines.conformance.DeltaCases;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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

  static List<DeltaCase> tables() {
    return Stream.concat(DeltaCases.ofReads().stream(), DeltaCases.ofWrites().stream()).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void keeps(DeltaCase each, @TempDir Path dir) {
    each.check().of(ENGINE, ENGINE::hold, dir.toString());
  }
}
