package dev.millrace.registry;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that others may want to act on.
 *
 * @param id the same however often it is sent
 * @param type what happened
 * @param model the model
 * @param version the version that it happened to
 * @param alias the alias that moved; null for other types
 * @param previous the version that the alias pointed to before; null if it was new, and for other
 *     types
 * @param reason why; empty for a registration
 * @param by who did it
 * @param at when
 */
public record RegistryEvent(
    String id,
    Type type,
    String model,
    int version,
    @Nullable String alias,
    @Nullable Integer previous,
    String reason,
    String by,
    Instant at) {

  /** What can happen. */
  public enum Type {
    /** A version is ready. */
    REGISTRATION,
    /** An alias was pointed to a version. */
    PROMOTION,
    /** An alias was pointed back to the version before. */
    ROLLBACK,
    /** A version was archived. */
    ARCHIVE;

    /** {@code registration}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static RegistryEvent of(ModelVersion version) {
    String id =
        UUID.nameUUIDFromBytes(
                ("registration " + version.reference()).getBytes(StandardCharsets.UTF_8))
            .toString();
    return new RegistryEvent(
        id,
        Type.REGISTRATION,
        version.name(),
        version.version(),
        null,
        null,
        "",
        version.details().author(),
        version.createdAt());
  }

  /** Null for what nobody is told of. */
  static @Nullable RegistryEvent of(HistoryEvent event) {
    return switch (event.kind()) {
      case PROMOTION -> of(event, Type.PROMOTION);
      case ROLLBACK -> of(event, Type.ROLLBACK);
      case STAGE -> HistoryStore.ARCHIVED.equals(event.stage()) ? of(event, Type.ARCHIVE) : null;
      case APPROVAL, VERIFICATION, POLICY -> null;
    };
  }

  private static RegistryEvent of(HistoryEvent event, Type type) {
    return new RegistryEvent(
        event.id(),
        type,
        event.model(),
        Objects.requireNonNull(event.version()),
        event.alias(),
        event.previous(),
        event.reason(),
        event.by(),
        event.at());
  }

  /** One JSON object; what is null is left out. */
  public String json() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("model", model);
    data.put("version", version);
    if (alias != null) {
      data.put("alias", alias);
    }
    if (previous != null) {
      data.put("previous", previous);
    }
    data.put("reason", reason);
    data.put("by", by);
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("id", id);
    event.put("type", type.text());
    event.put("timestamp", at.toString());
    event.put("data", data);
    return Json.text(event);
  }
}
