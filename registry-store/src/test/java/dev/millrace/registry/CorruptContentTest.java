package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorruptContentTest {
  @TempDir Path directory;

  @Test
  void refusesBytesThatWereReplacedInTheTable() {
    RegistryConfig config = RegistryConfig.embedded(directory);
    try (Registry registry = Registry.open(config)) {
      ModelVersion version = registry.register(Candidates.full(Candidates.bytes("onnx"))).version();
      replaceArtifact(config, Content.of(Candidates.bytes("omnx")));

      assertThatThrownBy(() -> registry.artifact(version))
          .isInstanceOf(RegistryException.class)
          .hasMessage(
              "The artifact of late_flight@1 is corrupt: registered was"
                  + " sha256 "
                  + version.artifact().sha256()
                  + " of 4 bytes, found sha256 "
                  + Content.of(Candidates.bytes("omnx")).digest().sha256()
                  + " of 4 bytes. Do not serve it: restore the file from a copy of the warehouse, or"
                  + " register the model again.");
      assertThat(registry.verificationRows(version)).isEqualTo(Candidates.bytes("[{\"in\":1}]"));
    }
  }

  @Test
  void refusesAFileWithAFlippedByte() throws IOException {
    try (Registry registry = Registry.open(RegistryConfig.embedded(directory))) {
      ModelVersion version = registry.register(Candidates.full(Candidates.bytes("onnx"))).version();
      Path file = onlyDataFile();
      byte[] bytes = Files.readAllBytes(file);
      bytes[20] ^= 1;
      Files.write(file, bytes);

      assertThatThrownBy(() -> registry.artifact(version))
          .isInstanceOf(RegistryException.class)
          .hasMessageStartingWith(
              "Cannot read the artifact of late_flight@1: its file in the registry is unreadable (");
    }
  }

  private Path onlyDataFile() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".parquet")).toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  private static void replaceArtifact(RegistryConfig config, Content content) {
    try (JdbcCatalog catalog =
        (JdbcCatalog)
            CatalogUtil.buildIcebergCatalog(config.catalog(), config.catalogProperties(), null)) {
      Table table = catalog.loadTable(TableIdentifier.of("models", "versions"));
      Record row = IcebergTable.rows(table, Expressions.alwaysTrue(), List.of("*")).get(0);
      row.setField("artifact", content.chunks());
      table
          .newOverwrite()
          .overwriteByRowFilter(Expressions.alwaysTrue())
          .addFile(IcebergTable.write(table, row))
          .commit();
    }
  }
}
