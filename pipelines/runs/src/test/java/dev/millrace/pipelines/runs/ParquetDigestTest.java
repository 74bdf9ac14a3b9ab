package dev.millrace.pipelines.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetDigestTest {
  @TempDir Path dir;

  private String digest(String rows, String footer, long time) throws IOException {
    Path file = dir.resolve("part.parquet");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(text("PAR1" + rows + footer));
    bytes.writeBytes(new byte[] {(byte) footer.length(), 0, 0, 0});
    bytes.writeBytes(text("PAR1"));
    Files.write(file, bytes.toByteArray());
    Files.setLastModifiedTime(file, FileTime.fromMillis(time));
    Configuration conf = new Configuration();
    Location.Files files = new Location.Files(Location.Files.Format.PARQUET, file.toString());
    return ParquetDigest.of(FilesAtRest.list(files, conf).get(0), conf);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void valuesThatWereCorrectedWithinTheirBoundsAreOtherData() throws IOException {
    String before = digest("true, false", "least false, most true", 1_000);
    assertThat(digest("true, false", "least false, most true", 1_000)).isEqualTo(before);
    assertThat(digest("false, true", "least false, most true", 2_000)).isNotEqualTo(before);
    assertThat(digest("true, true", "least true, most true", 1_000)).isNotEqualTo(before);
  }
}
