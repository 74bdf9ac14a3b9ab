package dev.millrace.features;

import dev.millrace.pipelines.stores.OnlineStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which spaces the store holds. It is asked for an entity that is not there, which is one without
 * events in a space that is loaded, and unknown in one that is not; at most once a second.
 */
final class LoadedSpaces {
  private static final long KNOWN_NANOS = Duration.ofSeconds(1).toNanos();

  private final OnlineStore store;

  /** Until when a space is known to be there, by {@link System#nanoTime}. */
  private final Map<String, Long> known = new ConcurrentHashMap<>();

  LoadedSpaces(OnlineStore store) {
    this.store = store;
  }

  /**
   * Whether a space is there.
   *
   * @throws dev.millrace.pipelines.stores.StoreUnavailableException where the store does not answer
   */
  boolean have(String space) {
    long now = System.nanoTime();
    Long until = known.get(space);
    if (until != null && until - now > 0) {
      return true;
    }
    boolean isThere = store.has(space);
    if (isThere) {
      known.put(space, now + KNOWN_NANOS);
    }
    return isThere;
  }
}
