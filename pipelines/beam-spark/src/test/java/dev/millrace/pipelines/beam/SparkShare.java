package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.conformance.ConformanceCase;
import dev.millrace.pipelines.conformance.ConformanceSuite;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a run of the tests tries of Spark: each case is a job or more, so that one in {@code
 * millrace.spark.every} is run; {@code 1} runs them all.
 */
final class SparkShare {
  private SparkShare() {}

  static BeamEngine engine(String runner) {
    return BeamEngine.on(
        RunnerOptions.parse(List.of("--runner=" + runner, "--sparkMaster=local[2]")));
  }

  /**
   * The cases of a share.
   *
   * @param first of the cases; two runners that begin at others try more of them
   */
  static List<ConformanceCase> cases(int first) {
    List<ConformanceCase> all = ConformanceSuite.cases();
    int every = Integer.getInteger("millrace.spark.every", 24);
    return IntStream.range(0, all.size())
        .filter(i -> i % every == first % every)
        .mapToObj(all::get)
        .toList();
  }
}
