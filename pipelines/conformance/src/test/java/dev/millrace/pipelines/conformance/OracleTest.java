package dev.millrace.pipelines.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The local engine against the oracle; {@link #main} runs as many values as are asked for. */
class OracleTest {
  @Test
  void givesTheOraclesBitsInAnyOrderShardingLatenessAndDuplication() {
    LongStream.range(0, 40)
        .forEach(
            seed ->
                assertThat(new OracleTrial(seed).run().differing()).as("seed " + seed).isZero());
  }

  /** Compares at least so many values, 10^8 unless said, on all cores. */
  public static void main(String[] arguments) {
    long wanted = arguments.length > 0 ? (long) Double.parseDouble(arguments[0]) : 100_000_000L;
    long values = 0;
    long differing = 0;
    long seed = 0;
    for (; values < wanted; seed += 200) {
      OracleTrial.Outcome part =
          LongStream.range(seed, seed + 200)
              .parallel()
              .mapToObj(each -> new OracleTrial(each).run())
              .reduce(
                  new OracleTrial.Outcome(0, 0),
                  (a, b) ->
                      new OracleTrial.Outcome(
                          a.values() + b.values(), a.differing() + b.differing()));
      values += part.values();
      differing += part.differing();
    }
    System.out.printf(
        "%,d values over %,d permutations: %,d differing%n", values, 2 * seed, differing);
    if (differing > 0) {
      System.exit(1);
    }
  }
}
