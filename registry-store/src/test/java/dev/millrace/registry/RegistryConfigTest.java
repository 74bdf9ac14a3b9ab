package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryConfigTest {
  @TempDir Path directory;

  @Test
  void refusesHadoopCatalog() {
    String message =
        "Cannot keep a registry in a HadoopCatalog: when two processes commit at once it loses commits"
            + " that it has acknowledged. Use RegistryConfig.embedded(directory), or a JDBC, REST, Hive"
            + " or Glue catalog.";
    assertThatThrownBy(() -> new RegistryConfig("registry", Map.of("type", "hadoop")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(
            () ->
                new RegistryConfig(
                    "registry", Map.of("catalog-impl", "org.apache.iceberg.hadoop.HadoopCatalog")))
        .hasMessage(message);
  }

  @Test
  void saysWhyADirectoryCannotHoldARegistry() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path below = file.resolve("registry");

    assertThatThrownBy(() -> Registry.open(RegistryConfig.embedded(below)))
        .isInstanceOf(RegistryException.class)
        .hasMessage(
            "Cannot keep a registry in '%s': '%s' is not a directory."
                + " Choose a directory that this user may create and write.",
            below, file);
  }

  @Test
  void saysWhichPropertiesToCheckWhereNoCatalogAnswers() {
    RegistryConfig config =
        new RegistryConfig(
            "registry",
            Map.of(
                "type",
                "jdbc",
                "uri",
                "jdbc:nothing:x",
                "jdbc.password",
                "secret",
                "warehouse",
                "/w"));

    assertThatThrownBy(() -> Registry.open(config))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("Cannot open registry 'registry': ")
        .hasMessageEndingWith("its properties [jdbc.password, type, uri, warehouse].")
        .hasMessageNotContaining("secret");
    assertThat(config)
        .hasToString("catalog 'registry' with properties [jdbc.password, type, uri, warehouse]");
  }

  @Test
  void makesItsDirectoryWhateverItIsCalled() {
    Path odd = directory.resolve("a b%20c#é/d");
    try (Registry registry = Registry.open(RegistryConfig.embedded(odd))) {
      registry.register(Candidates.of("late_flight", 1).build());
      assertThat(odd.resolve("catalog.db")).isRegularFile();
      assertThat(odd.resolve("warehouse")).isDirectory();
      assertThat(registry.resolve("late_flight@1").version()).isEqualTo(1);
    }
  }
}
