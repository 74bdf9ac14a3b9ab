package dev.millrace.transforms.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote; bytes that end too early are an {@link
 * IllegalArgumentException}.
 */
public final class ByteReader {
  private final byte[] bytes;
  private int at;

  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  public int readByte() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  public long readLong() {
    return readTail(8);
  }

  /** An unsigned number of {@code count} bytes; of eight, a signed one. */
  public long readTail(int count) {
    need(count);
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (bytes[at++] & 0xFF);
    }
    return value;
  }

  public long readSigned() {
    long value = readUnsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  public long readUnsigned() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a variable-length number of more than ten bytes");
  }

  public byte[] readBytes() {
    long length = readUnsigned();
    if (length < 0 || length > bytes.length - at) {
      throw new IllegalArgumentException(
          length + " bytes are announced and " + (bytes.length - at) + " are left");
    }
    at += (int) length;
    return Arrays.copyOfRange(bytes, at - (int) length, at);
  }

  public String readText() {
    return new String(readBytes(), StandardCharsets.UTF_8);
  }

  public boolean atEnd() {
    return at == bytes.length;
  }

  private void need(int count) {
    if (count > bytes.length - at) {
      throw new IllegalArgumentException(
          count + " bytes are needed and " + (bytes.length - at) + " are left");
    }
  }
}
