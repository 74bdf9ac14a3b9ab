package dev.millrace.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The registry with a catalog that is reached over HTTP, by Iceberg's REST protocol. */
class RestRegistryTest extends RegistryContract {
  @TempDir Path directory;

  @Override
  CatalogBed bed() throws IOException {
    RestCatalogServer server = RestCatalogServer.start(directory);
    RegistryConfig config =
        new RegistryConfig(
            "registry",
            Map.of("type", "rest", "uri", server.uri(), "warehouse", "file:" + directory));
    return new CatalogBed() {
      @Override
      public RegistryConfig config() {
        return config;
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
