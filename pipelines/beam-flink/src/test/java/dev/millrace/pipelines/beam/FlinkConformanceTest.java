package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.ConformanceCase;
import dev.millrace.pipelines.conformance.ConformanceSuite;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cases on a Flink of this process. Each case starts a cluster, so that one in {@code
 * millrace.flink.every} is run here; {@code 1} runs them all.
 */
class FlinkConformanceTest {
  private static final BeamEngine ENGINE =
      BeamEngine.on(
          PipelineOptionsFactory.fromArgs(
                  "--runner=FlinkRunner", "--flinkMaster=[local]", "--parallelism=2")
              .create());

  static List<ConformanceCase> cases() {
    List<ConformanceCase> all = ConformanceSuite.cases();
    int every = Integer.getInteger("millrace.flink.every", 12);
    return IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void holds(ConformanceCase each, @TempDir Path dir) {
    each.check(ENGINE, ENGINE::hold, dir.toString());
  }
}
