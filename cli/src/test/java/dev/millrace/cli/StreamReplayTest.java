package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.spark.SparkEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart of streams, over few flights. */
class StreamReplayTest {
  private static final Path FLIGHTS = Path.of("../examples/flight-delays/data/flights");

  @TempDir Path dir;

  /** Takes some of the example's flights for a project's data. */
  private void flights(String which) {
    try (SparkEngine engine = SparkEngine.local(Map.of())) {
      engine
          .session()
          .read()
          .parquet(FLIGHTS.toAbsolutePath().normalize().toString())
          .where(which)
          .coalesce(1)
          .write()
          .parquet(dir.resolve("data/flights").toString());
    }
  }

  private String replay(int code) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int ended =
        Main.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            "quickstart",
            "--stream",
            "--dir",
            dir.resolve("qs").toString(),
            "--data",
            dir.resolve("data").toString());
    assertThat(ended).as(out + "" + err).isEqualTo(code);
    return out + "" + err;
  }

  @Test
  void streamOnlineAndBatchAreHeldAgainstEachOther() {
    flights("delay is not null and pmod(xxhash64(date, origin, destination), 1000) = 0");
    assertThat(replay(0))
        .containsPattern("\\[1/4] \\d+ rows before it are in the log, from files")
        .containsPattern("\\[3/4] [1-9]\\d* messages in \\d+ batches, .* [1-9]\\d* accepted")
        .containsPattern(
            "\\[4/4] stream, online and batch at 2001-.*: [1-9]\\d* values of each, 0 differ");
  }

  @Test
  void aPeriodWithoutRowsSaysSo() {
    flights("date < timestamp '2001-01-02' and pmod(xxhash64(date, origin), 1000) = 0");
    assertThat(replay(1))
        .contains("Source 'flights' has no rows from 2001-")
        .contains("there is nothing to replay");
  }
}
