package dev.millrace.pipelines.stores;

import java.util.Arrays;

/**
 * An entity as it is stored.
 *
 * @param stamp what its tiles are of
 * @param value the stamp's bytes, then those of the tiles
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredEntity(Stamp stamp, byte[] value) {
  /** Where the tiles begin in the value. */
  public int tiles() {
    return Stamp.SIZE;
  }

  /** The stamp's bytes before those of tiles. */
  static byte[] value(Stamp stamp, byte[] tiles) {
    byte[] header = stamp.encode();
    byte[] value = Arrays.copyOf(header, header.length + tiles.length);
    System.arraycopy(tiles, 0, value, header.length, tiles.length);
    return value;
  }
}
