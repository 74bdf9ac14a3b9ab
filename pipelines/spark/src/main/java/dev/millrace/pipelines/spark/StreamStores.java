package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The connections of streams in this JVM, which last from batch to batch. */
final class StreamStores {
  private record Use(String stream, Sink.OnlineAddress address) {}

  private static final Map<Use, OnlineStore> OPEN = new ConcurrentHashMap<>();

  private StreamStores() {}

  static OnlineStore of(String stream, Sink.OnlineAddress address) {
    return OPEN.computeIfAbsent(
        new Use(stream, address), use -> OnlineStore.connect(OnlineLoad.settings(use.address())));
  }

  /** Closes what a stream used. */
  static void close(String stream) {
    OPEN.keySet().stream()
        .filter(use -> use.stream().equals(stream))
        .toList()
        .forEach(use -> java.util.Objects.requireNonNull(OPEN.remove(use)).close());
  }
}
