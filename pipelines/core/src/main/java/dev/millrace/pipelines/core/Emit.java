package dev.millrace.pipelines.core;

import java.io.Serializable;
import java.time.Instant;

/** What a {@link WindowAggregate} gives. */
public sealed interface Emit extends Serializable {
  /**
   * Every window's value at regular times, for each key that has an event in one of its windows
   * then: the keys, {@code time timestamp}, the values.
   *
   * @param start the first time, included
   * @param end the end of the times, excluded
   * @param period microseconds from one time to the next
   */
  record Every(Instant start, Instant end, long period) implements Emit {
    public Every {
      if (!start.isBefore(end) || period <= 0) {
        throw new IllegalArgumentException(
            "times from " + start + " to " + end + " every " + period + " microseconds are none");
      }
    }

    /** The one time. */
    public static Every once(Instant time) {
      return new Every(time, time.plusNanos(1000), 1);
    }

    /** Whether there is one time alone. */
    public boolean isOnce() {
      return !start.plusNanos(period * 1000).isBefore(end);
    }
  }

  /**
   * The tiles that a reader at {@code end} or later in the same hop needs: the keys, {@code hop
   * bigint} (microseconds), {@code hop_start timestamp}, {@code tile binary}.
   *
   * @param end events from it on are left out, unless it is open
   * @param isOpen whether events from the end on are taken in too, whenever they are known; then
   *     there is {@code end timestamp} beside a tile, the first time that its key can be read at:
   *     the end, or the microsecond after the key's last event
   */
  record Tiles(Instant end, boolean isOpen) implements Emit {
    /** Of events before the end. */
    public Tiles(Instant end) {
      this(end, false);
    }

    /** Of all events, for readers at {@code time} or later. */
    public static Tiles ofAll(Instant time) {
      return new Tiles(time, true);
    }

    /** Says no more of one that is not open than it ever did: fingerprints are made of it. */
    @Override
    public String toString() {
      return "Tiles[end=" + end + (isOpen ? ", and later" : "") + "]";
    }
  }
}
