package dev.millrace.cli;

import dev.millrace.registry.Registry;
import dev.millrace.registry.RegistryConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which registry a command is about. */
final class RegistryOptions {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "millrace-quickstart",
      description = "The run whose registry it is (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("millrace-quickstart");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "A registry of its own: properties such as catalog.type = jdbc, catalog.uri = jdbc:postgresql://host/models,",
        "catalog.warehouse, webhook.NAME.url, webhook.NAME.secret, openlineage. It takes the place of --dir."
      })
  private @Nullable Path config;

  Registry open() {
    if (config != null) {
      return Registry.open(RegistryConfig.read(config));
    }
    try (Home home = Home.existing(dir)) {
      return home.registry();
    }
  }
}
