package dev.millrace.registry;

import java.net.URI;
import java.util.Set;

/**
 * A place that is told of what happens in a registry.
 *
 * @param name names it among the registry's webhooks; its progress is kept by this name
 * @param url where events are posted, {@code http} or {@code https}
 * @param secret what signatures are made with, 16 characters or more
 * @param types what it is told of
 */
public record Webhook(String name, URI url, String secret, Set<RegistryEvent.Type> types) {
  private static final int LEAST_SECRET = 16;

  public Webhook {
    Names.check("a webhook's name", name);
    types = Set.copyOf(types);
    if (url.getHost() == null || !Set.of("http", "https").contains(url.getScheme())) {
      throw new IllegalArgumentException(
          "Cannot post events of webhook '"
              + name
              + "' to '"
              + url
              + "': it is no http or https address. Write one such as https://deploy.example.org/models.");
    }
    if (secret.length() < LEAST_SECRET) {
      throw new IllegalArgumentException(
          "The secret of webhook '"
              + name
              + "' has "
              + secret.length()
              + " characters: it needs "
              + LEAST_SECRET
              + " or more for its signatures to prove anything.");
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "webhook '" + name + "' to " + url + " of " + types;
  }
}
