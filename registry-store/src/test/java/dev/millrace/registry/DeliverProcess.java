package dev.millrace.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;

/** Tells a webhook what it was not told yet, in a process of its own. */
final class DeliverProcess {
  private DeliverProcess() {}

  /** Arguments: the registry's folder, the webhook's address, its secret. */
  public static void main(String[] arguments) {
    Webhook webhook =
        new Webhook(
            "deploy",
            URI.create(arguments[1]),
            arguments[2],
            EnumSet.allOf(RegistryEvent.Type.class));
    try (Registry registry =
        Registry.open(RegistryConfig.embedded(Path.of(arguments[0])).with(webhook))) {
      registry.deliver();
    }
  }
}
