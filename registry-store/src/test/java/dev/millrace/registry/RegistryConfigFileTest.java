package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryConfigFileTest {
  @TempDir Path directory;

  @Test
  void readsCatalogWebhooksAndLineage() throws IOException {
    RegistryConfig config =
        read(
            """
            catalog = models
            catalog.type = jdbc
            catalog.uri = jdbc:postgresql://db.example.org/models
            catalog.jdbc.password = ${MODELS_PASSWORD}
            catalog.warehouse = s3://models/registry
            webhook.deploy.url = https://deploy.example.org/models
            webhook.deploy.secret = 0123456789abcdef
            webhook.deploy.events = promotion, rollback
            openlineage = openlineage.yml
            """);
    assertThat(config.catalog()).isEqualTo("models");
    assertThat(config.catalogProperties())
        .containsEntry("jdbc.password", "secret of the environment")
        .containsEntry("warehouse", "s3://models/registry");
    assertThat(config.webhooks())
        .containsExactly(
            new Webhook(
                "deploy",
                URI.create("https://deploy.example.org/models"),
                "0123456789abcdef",
                Set.of(RegistryEvent.Type.PROMOTION, RegistryEvent.Type.ROLLBACK)));
    assertThat(config.openLineage()).contains(directory.resolve("openlineage.yml"));
  }

  @Test
  void saysWhatItDoesNotKnow() {
    assertRefused(
        "catalog.uri = x\nwebhook.deploy.urll = y",
        "Cannot use 'webhook.deploy.urll' of '" + file() + "': known are");
    assertRefused(
        "catalog.jdbc.password = ${NO_SUCH}",
        "Cannot use catalog.jdbc.password of '"
            + file()
            + "': the environment has no variable NO_SUCH. Set it, or write the value in the file.");
    assertRefused(
        "webhook.deploy.url = https://host/",
        "Cannot use webhook 'deploy' of '" + file() + "': it has no webhook.deploy.secret.");
    assertRefused(
        "webhook.d.url = https://host/\nwebhook.d.secret = 0123456789abcdef\nwebhook.d.events ="
            + " promotoin",
        "Cannot resolve event 'promotoin' in webhook 'd' of '"
            + file()
            + "': known are [registration, promotion, rollback, archive]. Did you mean 'promotion'?");
    assertThatThrownBy(() -> RegistryConfig.read(directory.resolve("lost.properties")))
        .hasMessageContaining("there is no such file");
  }

  private Path file() {
    return directory.resolve("registry.properties");
  }

  private RegistryConfig read(String text) throws IOException {
    Files.writeString(file(), text);
    return RegistryConfig.read(file(), Map.of("MODELS_PASSWORD", "secret of the environment"));
  }

  private void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith(message);
  }
}
