package dev.millrace.pipelines.stores;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What an entity's tiles are of, so that an older state never takes the place of a newer one:
 *
 * <pre>
 *   format    1 byte
 *   log       8 bytes, which log of events
 *   position  8 bytes, the last batch of the log's stream
 *   version   8 bytes, the log's version that was loaded before it
 *   end       8 bytes, the time in microseconds before which all events are
 * </pre>
 *
 * Of one log, stamps are in the order of position, version and end. Those of other logs have no
 * order: a log that was made anew begins anew.
 *
 * @param log a digest of what names the log
 * @param position of the stream's batches, from 1; 0 where there is no stream
 * @param version of the log's table
 * @param end tiles can be read from then on
 */
public record Stamp(long log, long position, long version, long end) implements Serializable {
  /** The length of its bytes. */
  static final int SIZE = 33;

  private static final byte FORMAT = 5;

  /** This state with events up to another time. */
  public Stamp until(long time) {
    return new Stamp(log, position, version, time);
  }

  /** Whether this state may take the place of the other: it is of another log, or not older. */
  public boolean mayReplace(Stamp other) {
    return log != other.log || order(other) >= 0;
  }

  /** Whether a load of that state, which is complete, would have replaced it. */
  boolean isForeignOrOlder(Stamp current) {
    return !isOfLog(current) || isOlder(current);
  }

  boolean isOfLog(Stamp other) {
    return log == other.log;
  }

  boolean isOlder(Stamp current) {
    return order(current) < 0;
  }

  /** Whether a stream has brought into the other what this leaves out. */
  boolean isBehindStreamOf(Stamp other) {
    return isOfLog(other) && other.position > 0 && (position < other.position || end < other.end);
  }

  /** Whether a batch of the log's stream is in it. */
  public boolean holds(long ofLog, long batch) {
    return log == ofLog && position >= batch;
  }

  private int order(Stamp other) {
    int byPosition = Long.compare(position, other.position);
    int byVersion = byPosition != 0 ? byPosition : Long.compare(version, other.version);
    return byVersion != 0 ? byVersion : Long.compare(end, other.end);
  }

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE);
    bytes.put(FORMAT).putLong(log).putLong(position).putLong(version).putLong(end);
    return bytes.array();
  }

  /** The stamp at the beginning of a value; empty where something else is. */
  static Optional<Stamp> decode(byte[] value) {
    if (value.length < SIZE || value[0] != FORMAT) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(value, 1, SIZE - 1);
    return Optional.of(
        new Stamp(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
  }
}
