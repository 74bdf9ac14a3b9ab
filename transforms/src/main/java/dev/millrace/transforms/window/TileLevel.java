package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import java.util.ArrayList;
import java.util.List;

/** The tiles of one hop: what they hold and how far back they are wanted. */
final class TileLevel {
  private final long hop;
  private final List<TilePart<?>> parts = new ArrayList<>();
  private final List<Window> readers = new ArrayList<>();

  TileLevel(long hop) {
    this.hop = hop;
  }

  void add(WindowedAggregation window) {
    readers.add(window.window());
    if (indexOf(window.call()) < 0) {
      parts.add(TilePart.of(window));
    }
  }

  long hop() {
    return hop;
  }

  List<TilePart<?>> parts() {
    return parts;
  }

  /** The place of an aggregation in the level's tiles, or -1. */
  int indexOf(AggregateCall call) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).call().equals(call)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether tiles are kept wherever there are events: a window's own hop, which all else rests on.
   */
  boolean isLeaf() {
    return readers.stream().anyMatch(window -> window.hop() == hop);
  }

  /** The first event that a reader at {@code end} or later needs. */
  long oldest(long end) {
    return readers.stream().mapToLong(window -> window.start(end)).min().orElseThrow();
  }
}
