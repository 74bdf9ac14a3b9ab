package dev.millrace.benchmarks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.benchmarks.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the last step of {@code benchmarks/run registry}. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HugeArtifactTest {
  @TempDir Path directory;

  @Test
  void anArtifactLargerThanTheHeapGoesInAndComesOut() throws Exception {
    Path log = directory.resolve("log");
    try (JavaProcess process =
        JavaProcess.start(
            HugeArtifact.class.getName(),
            80,
            log,
            List.of(directory.resolve("run").toString(), "320"))) {
      assertThat(process.end()).as(Files.readString(log)).isZero();
    }
    assertThat(Files.readString(log))
        .contains("320 MB with a heap of ", "with 0 faults; first byte that differs -1 (");
  }
}
