package dev.millrace.pipelines.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.local.LocalEngine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LocalConformanceTest {
  static List<ConformanceCase> cases() {
    return ConformanceSuite.cases();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(ConformanceCase each) {
    LocalEngine engine = LocalEngine.empty();
    each.check(engine, (name, rows) -> engine.hold(new Location.Memory(name), rows), "case");
  }

  static List<DeltaCase> tables() {
    return DeltaCases.ofReads();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void reads(DeltaCase each) {
    LocalEngine engine = LocalEngine.empty();
    each.check().of(engine, (name, rows) -> engine.hold(new Location.Memory(name), rows), "case");
  }

  @Test
  void thereAreEnoughAndEachHasAName() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(150);
    assertThat(cases()).extracting(ConformanceCase::toString).doesNotHaveDuplicates();
  }
}
