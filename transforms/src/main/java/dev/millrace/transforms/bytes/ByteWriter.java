package dev.millrace.transforms.bytes;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Grows as it is written to; big-endian fixed numbers, LEB128 variable ones, length-prefixed bytes.
 */
public final class ByteWriter {
  private byte[] bytes = new byte[64];
  private int size;

  public void writeByte(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  /** Eight bytes, most significant first. */
  public void writeLong(long value) {
    writeTail(value, 8);
  }

  /** The {@code count} least significant bytes of a number, most significant first. */
  public void writeTail(long value, int count) {
    room(count);
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  /** One to ten bytes; small magnitudes of either sign are short. */
  public void writeSigned(long value) {
    writeUnsigned((value << 1) ^ (value >> 63));
  }

  /** One to ten bytes; the number is taken as unsigned. */
  public void writeUnsigned(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    writeByte((int) rest);
  }

  /** A whole number of any size: the length of its least two's complement, then that. */
  public void writeWhole(BigInteger value) {
    writeBytes(value.toByteArray());
  }

  /** The length, then the bytes. */
  public void writeBytes(byte[] value) {
    writeUnsigned(value.length);
    writeRaw(value, 0, value.length);
  }

  public void writeRaw(byte[] value, int from, int length) {
    room(length);
    System.arraycopy(value, from, bytes, size, length);
    size += length;
  }

  /** The length in UTF-8 bytes, then those. */
  public void writeText(String value) {
    writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Forgets what was written, and keeps the room. */
  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /** The byte at a place before {@link #size}. */
  public byte at(int place) {
    return bytes[place];
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
