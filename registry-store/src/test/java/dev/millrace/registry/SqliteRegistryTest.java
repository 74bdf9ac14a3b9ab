package dev.millrace.registry;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The registry in one folder. */
class SqliteRegistryTest extends RegistryContract {
  @TempDir Path directory;

  @Override
  CatalogBed bed() {
    return CatalogBed.of(RegistryConfig.embedded(directory));
  }
}
