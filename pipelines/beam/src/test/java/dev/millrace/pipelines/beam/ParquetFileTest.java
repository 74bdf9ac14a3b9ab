package dev.millrace.pipelines.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.runs.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetFileTest {
  @TempDir Path dir;

  private void write(Path file, Group row, MessageType type) throws IOException {
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(
                HadoopOutputFile.fromPath(
                    new org.apache.hadoop.fs.Path(file.toUri()), LocalFiles.conf()))
            .withType(type)
            .build()) {
      writer.write(row);
    }
  }

  @Test
  void aCorrectedValueIsAnotherVersion() throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message sales {required double spent;}");
    Path file = dir.resolve("sales.parquet");
    Location sales = new Location.Files(Location.Files.Format.PARQUET, dir.toString());
    SimpleGroup row = new SimpleGroup(type);
    row.add("spent", 1.5);
    write(file, row, type);
    long size = Files.size(file);
    FileTime written = Files.getLastModifiedTime(file);
    String version = Direct.engine().version(sales);
    SimpleGroup corrected = new SimpleGroup(type);
    corrected.add("spent", 2.5);
    write(file, corrected, type);

    assertThat(Files.size(file)).isEqualTo(size);
    assertThat(Direct.engine().version(sales)).isNotEqualTo(version);
    write(file, row, type);
    Files.setLastModifiedTime(file, written);
    assertThat(Direct.engine().version(sales)).isEqualTo(version);
  }

  @Test
  void numbersThatWouldBeReadWrongAreNoColumns() throws IOException {
    MessageType type =
        MessageTypeParser.parseMessageType(
            """
            message sales {
              optional int32 bytes (INTEGER(8, false));
              optional int32 few (INTEGER(32, false));
              optional int64 many (INTEGER(64, false));
              optional int64 at (TIME(MICROS, true));
              optional int64 count (INTEGER(64, true));
            }
            """);
    write(dir.resolve("sales.parquet"), new SimpleGroup(type), type);
    Location.Files sales = new Location.Files(Location.Files.Format.PARQUET, dir.toString());

    assertThat(SourceFiles.of(sales).columns()).containsExactly("bytes", "count");
  }
}
