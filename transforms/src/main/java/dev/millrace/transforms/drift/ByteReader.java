package dev.millrace.transforms.drift;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes back what {@link ByteWriter} wrote, and refuses all else with the place and the reason. */
final class ByteReader {
  private final byte[] bytes;
  private final String what;
  private int position;

  ByteReader(byte[] bytes, String what) {
    this.bytes = bytes;
    this.what = what;
  }

  int one() {
    if (position == bytes.length) {
      throw wrong("they end too early");
    }
    return bytes[position++] & 0xFF;
  }

  /** A number of no sign that fits a positive long. */
  long varint() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = one();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw wrong("a number takes more bytes than it needs");
        }
        return value;
      }
    }
    throw wrong("a number is too large");
  }

  double fixed() {
    long bits = 0;
    for (int i = 0; i < 8; i++) {
      bits = bits << 8 | one();
    }
    return Double.longBitsToDouble(bits);
  }

  String text() {
    long length = varint();
    if (length > bytes.length - position) {
      throw wrong("they end too early");
    }
    String value = new String(bytes, position, (int) length, StandardCharsets.UTF_8);
    position += (int) length;
    byte[] again = value.getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(bytes, position - (int) length, position, again, 0, again.length)) {
      throw wrong("a text is not valid UTF-8");
    }
    return value;
  }

  void finish() {
    if (position != bytes.length) {
      throw wrong("more follows where they should end");
    }
  }

  IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(
        "Cannot decode a %s from %d bytes: %s (at byte %d). Were they written by encode()?"
            .formatted(what, bytes.length, why, position));
  }
}
