package dev.millrace.transforms.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. Bytes that end too early, or that are not the one form in
 * which a value is written, are an {@link IllegalArgumentException} with the place and the reason.
 */
public final class ByteReader {
  private static final VarHandle HIGHEST_FIRST =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LOWEST_FIRST =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final String what;
  private final int end;
  private int at;

  public ByteReader(byte[] bytes) {
    this(bytes, "value");
  }

  /**
   * Reads from the first byte on.
   *
   * @param what what the bytes should be, as a refusal names it: {@code tile}
   */
  public ByteReader(byte[] bytes, String what) {
    this(bytes, what, 0, bytes.length);
  }

  /** Reads the bytes of a larger piece from one place to before another. */
  public ByteReader(byte[] bytes, String what, int from, int end) {
    this.bytes = bytes;
    this.what = what;
    this.at = from;
    this.end = end;
  }

  /** The place of the next byte. */
  public int at() {
    return at;
  }

  public int readByte() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  /** A byte that is 0 or 1. */
  public boolean readTruth() {
    int value = readByte();
    if (value > 1) {
      throw wrong("a truth is " + value);
    }
    return value == 1;
  }

  public long readLong() {
    need(Long.BYTES);
    long value = (long) HIGHEST_FIRST.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  /** A number of one to eight bytes, the lowest first. */
  public long readLowestFirst(int count) {
    need(count);
    long value = 0;
    if (at + Long.BYTES <= bytes.length) {
      value = (long) LOWEST_FIRST.get(bytes, at) & (-1L >>> (Long.SIZE - Byte.SIZE * count));
    } else {
      for (int i = 0; i < count; i++) {
        value |= (bytes[at + i] & 0xFFL) << (Byte.SIZE * i);
      }
    }
    at += count;
    return value;
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
    int first = at < end ? bytes[at] : -1;
    if (first >= 0) {
      at++;
      return first;
    }
    if (at + 1 < end && bytes[at + 1] > 0) {
      at += 2;
      return (first & 0x7F) | bytes[at - 1] << 7;
    }
    return readLongUnsigned();
  }

  private long readLongUnsigned() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw wrong("a number takes more bytes than it needs");
        }
        if (shift == 63 && next > 1) {
          break;
        }
        return value;
      }
    }
    throw wrong("a number is too large");
  }

  /**
   * A number that {@link ByteWriter#writeUnsigned} wrote and that is not above the largest long.
   */
  public long readCount() {
    long count = readUnsigned();
    if (count < 0) {
      throw wrong("a count is too large");
    }
    return count;
  }

  /** Several counts; most are of one byte. */
  public void readCounts(long[] into, int from) {
    int place = at;
    for (int i = from; i < into.length; i++) {
      if (place < end && bytes[place] >= 0) {
        into[i] = bytes[place++];
      } else {
        at = place;
        into[i] = readCount();
        place = at;
      }
    }
    at = place;
  }

  /** Several sizes of pieces that follow. */
  public void readSizes(int[] into) {
    int place = at;
    for (int i = 0; i < into.length; i++) {
      if (place < end && bytes[place] >= 0) {
        into[i] = bytes[place++];
      } else {
        at = place;
        into[i] = readSize();
        place = at;
      }
    }
    at = place;
  }

  /** How many of something follow, each of a byte or more. */
  public int readSize() {
    long size = readCount();
    need(size);
    return (int) size;
  }

  /** A whole number of any size. */
  public BigInteger readWhole() {
    byte[] digits = readBytes();
    BigInteger value = digits.length == 0 ? BigInteger.ZERO : new BigInteger(digits);
    if (digits.length != value.bitLength() / 8 + 1) {
      throw wrong("a whole number does not take the bytes it needs");
    }
    return value;
  }

  public byte[] readBytes() {
    long length = readCount();
    need(length);
    at += (int) length;
    return Arrays.copyOfRange(bytes, at - (int) length, at);
  }

  public String readText() {
    byte[] utf8 = readBytes();
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (!Arrays.equals(utf8, text.getBytes(StandardCharsets.UTF_8))) {
      throw wrong("a text is not valid UTF-8");
    }
    return text;
  }

  public boolean atEnd() {
    return at == end;
  }

  /** Refuses bytes that nothing has read. */
  public void finish() {
    if (!atEnd()) {
      throw wrong("more follows where they should end");
    }
  }

  /** The refusal of these bytes, to be thrown, for a reason that starts in lower case. */
  public IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(
        "Cannot decode a %s from %d bytes: %s (at byte %d). Were they written by encode()?"
            .formatted(what, bytes.length, why, at));
  }

  private void need(long count) {
    if (count > end - at) {
      throw wrong("they end too early");
    }
  }
}
