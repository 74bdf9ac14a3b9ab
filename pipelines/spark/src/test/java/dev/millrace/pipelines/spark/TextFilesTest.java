package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.ENGINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {
  private static final Instant TEN = Instant.parse("2024-03-01T10:00:00.000001Z");

  @TempDir Path dir;

  private Scan scan(Location.Files.Format format) {
    return new Scan(new Location.Files(format, dir.toString()), TestSpark.VISITS);
  }

  private void write(String file, String... lines) throws IOException {
    Files.write(dir.resolve(file), List.of(lines));
  }

  @Test
  void csvGoesByTheHeaderOfEachFile() throws IOException {
    write("a.csv", "shop,at,spent,more", "x,2024-03-01T10:00:00.000001Z,1.5,9");
    write("b.csv", "spent,shop,at", "0.1,\"y, z\",2024-03-01T10:00:00.000001Z", ",,");
    assertThat(ENGINE.collect(scan(Location.Files.Format.CSV)).values())
        .containsExactlyInAnyOrder(
            Arrays.asList("x", TEN, 1.5),
            Arrays.asList("y, z", TEN, 0.1),
            Arrays.asList(null, null, null));
  }

  @Test
  void csvWithoutAColumnOrWithAWrongValueSaysSo() throws IOException {
    write("a.csv", "shop,at,spnt", "x,2024-03-01T10:00:00Z,1.5");
    assertThatThrownBy(() -> ENGINE.collect(scan(Location.Files.Format.CSV)))
        .hasMessage(
            "Cannot resolve column 'spent' in csv "
                + dir.resolve("a.csv")
                + ": known are [shop, at, spnt]. Did you mean 'spent'?"
                    .replace("'spent'", "'spnt'"));
    write("a.csv", "shop,at,spent", "x,2024-03-01T10:00:00Z,one and a half");
    assertThatThrownBy(() -> ENGINE.collect(scan(Location.Files.Format.CSV)))
        .hasStackTraceContaining("'one and a half'");
  }

  @Test
  void jsonIsAnObjectALine() throws IOException {
    write(
        "a.json",
        "{\"shop\": \"x\", \"at\": \"2024-03-01T10:00:00.000001Z\", \"spent\": 1.5, \"more\": [1]}",
        "{\"spent\": 0.1}");
    assertThat(ENGINE.collect(scan(Location.Files.Format.JSON)).values())
        .containsExactlyInAnyOrder(Arrays.asList("x", TEN, 1.5), Arrays.asList(null, null, 0.1));
    write("a.json", "{\"shop\": \"x\", \"at\": \"2024-03-01T10:00:00Z\"}");
    assertThatThrownBy(() -> ENGINE.collect(scan(Location.Files.Format.JSON)))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot resolve column 'spent' in json " + dir);
    write(
        "a.json", "{\"shop\": \"x\", \"at\": \"2024-03-01T10:00:00Z\", \"spent\": 1}", "no object");
    assertThatThrownBy(() -> ENGINE.collect(scan(Location.Files.Format.JSON)))
        .hasStackTraceContaining("no object");
  }

  @Test
  void aRunOverTheSameBytesChangesNothing() throws IOException {
    write("a.csv", "shop,at,spent", "x,2024-03-01T10:00:00Z,1.5");
    Path out = dir.resolveSibling(dir.getFileName() + "-out");
    Write plan = new Write(scan(Location.Files.Format.CSV), Sink.Delta.whole(out.toString()));
    assertThat(ENGINE.run(plan).unchanged()).isFalse();
    assertThat(ENGINE.run(plan).unchanged()).isTrue();
    write("a.csv", "shop,at,spent", "x,2024-03-01T10:00:00Z,1.6");
    assertThat(ENGINE.run(plan).unchanged()).isFalse();
  }
}
