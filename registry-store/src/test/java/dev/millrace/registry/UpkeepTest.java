package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the files of single commits. */
class UpkeepTest {
  private static final int CARD = 40_000;

  @TempDir Path directory;

  private static String card(int seed) {
    return new Random(seed)
        .ints(CARD, 'a', 'z' + 1)
        .mapToObj(letter -> Character.toString(letter))
        .collect(Collectors.joining());
  }

  @Test
  void filesThatAreLookedIntoAreFewAndSmall() throws Exception {
    RegistryConfig config = RegistryConfig.embedded(directory);
    int versions = 2 * Upkeep.SMALL_FILES + 10;
    try (Registry registry = Registry.open(config)) {
      for (int i = 1; i <= versions; i++) {
        registry.register(Candidates.of("late_flight", i).card(card(i)).build());
      }
      List<DataFile> files =
          IcebergTable.files(
              Catalogs.open(config).loadTable(TableIdentifier.of("models", "versions")),
              Expressions.alwaysTrue());
      assertThat(files).hasSizeLessThan(versions * 3 / 4);
      assertThat(files).anyMatch(file -> file.recordCount() > 4);
      assertThat(files).allMatch(file -> file.fileSizeInBytes() < 700_000);
      assertThat(IntStream.rangeClosed(1, versions))
          .allMatch(
              version ->
                  registry
                      .resolve("late_flight@" + version)
                      .details()
                      .card()
                      .equals(card(version)));
    }
  }
}
