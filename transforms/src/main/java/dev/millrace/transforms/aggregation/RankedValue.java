package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import org.jspecify.annotations.Nullable;

/** A value and what ranks it; its bytes are made when they are first asked for. */
final class RankedValue {
  private final DataType type;
  private final Object value;
  private final Object key;
  private final long time;
  private byte @Nullable [] bytes;

  /**
   * A value of a type.
   *
   * @param key the value itself, or that of the column that ranks it
   * @param time the event time in microseconds; 0 where it does not matter
   */
  RankedValue(DataType type, Object value, Object key, long time) {
    this.type = type;
    this.value = value;
    this.key = key;
    this.time = time;
  }

  Object value() {
    return value;
  }

  Object key() {
    return key;
  }

  long time() {
    return time;
  }

  byte[] bytes() {
    byte[] known = bytes;
    if (known == null) {
      known = Values.bytes(type, value);
      bytes = known;
    }
    return known;
  }

  void encode(ByteWriter out) {
    byte[] known = bytes;
    if (known == null) {
      Values.encode(type, value, out);
    } else {
      out.writeRaw(known, 0, known.length);
    }
  }
}
