package dev.millrace.pipelines.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream's folder says of itself. */
class StreamCheckpointTest {
  @TempDir Path folder;

  private StreamCheckpoint open() {
    return StreamCheckpoint.open(
        TestSpark.ENGINE.session(), folder.toString(), "visits", "log", 7, 2);
  }

  @Test
  void aFolderOfAnEarlierBuildIsRefused() throws IOException {
    open().save();
    assertThat(open().base()).isEqualTo(7);
    Path kept = folder.resolve("stream.json");
    String now = Files.readString(kept);
    Files.delete(folder.resolve(".stream.json.crc"));
    Files.writeString(kept, now.replaceFirst(",\"form\":[0-9]+", ""));
    assertThat(kept).content().isNotEqualTo(now);
    assertThatThrownBy(this::open)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("another build of Millrace wrote it")
        .hasMessageContaining("Give an empty folder");
  }
}
