package dev.millrace.pipelines.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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

  /**
   * Compares at least so many values, 10^8 unless said, on all cores, and writes what differs as a
   * benchmark's row into the file.
   */
  public static void main(String[] arguments) throws IOException {
    Path results = Path.of(arguments[0]);
    long wanted = arguments.length > 1 ? (long) Double.parseDouble(arguments[1]) : 100_000_000L;
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
    String work =
        String.format(
            Locale.ROOT, "of %,d values in %,d permutations, differing", values, 2 * seed);
    System.out.println(work + ": " + differing);
    Files.writeString(
        results,
        String.format(
            Locale.ROOT,
            "[\n  {\"work\": \"%s\", \"ours\": %d, \"peer\": null, \"ratio\": null, \"bound\": 0, \"holds\": %b}\n]\n",
            work,
            differing,
            differing == 0));
    if (differing > 0) {
      System.exit(1);
    }
  }
}
