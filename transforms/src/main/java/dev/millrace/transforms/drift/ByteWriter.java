package dev.millrace.transforms.drift;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Appends numbers and text in their one byte form; {@link ByteReader} takes them back. */
final class ByteWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void one(int value) {
    out.write(value);
  }

  /** A number of no sign, seven bits a byte, lowest first, in as few bytes as it needs. */
  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  void fixed(double value) {
    long bits = Double.doubleToLongBits(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.write((int) (bits >>> shift));
    }
  }

  void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    out.writeBytes(utf8);
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
