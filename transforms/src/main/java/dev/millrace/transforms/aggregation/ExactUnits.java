package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * An exact sum of whole numbers of any size, fast where they are a few words times a power of two,
 * as a double's powers are. It is a superaccumulator as in R. Neal, "Fast exact summation using
 * small and large superaccumulators" (2015), but holds only the chunks that were touched:
 *
 * <pre>
 *   add     128 bits at bit 70    spread over five chunks of 32 bits, held in longs:
 *   chunk     2    3    4    5    6
 *   bits     64.. 96..128..160..192..    2^20 additions fit before carries must move up
 * </pre>
 *
 * What one unit is, such as 2^-1074, is the caller's to know.
 */
final class ExactUnits {
  private static final long LOW = 0xFFFFFFFFL;
  private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 20;

  /** Above its lower 64, a product of two doubles' fractions has 42: they all fit one chunk. */
  private static final int BITS_OF_A_PRODUCT = 42;

  private static final int MOST_BYTES = 1 << 11;

  private long[] chunks = new long[0];

  /** The place of {@code chunks[0]}. */
  private int first;

  private int additions;

  /**
   * Adds {@code (high 2^64 + low) 2^bit}.
   *
   * @param sign 0 to add it, -1 to take it off
   * @param high unsigned, as {@code low} is
   * @param bit 0 or more
   */
  void add(long sign, long high, long low, int bit) {
    int chunk = bit >>> 5;
    int shift = bit & 31;
    if (chunk < first || chunk + 5 > first + chunks.length) {
      reach(chunk, chunk + 5);
    }
    int at = chunk - first;
    int over = 63 - shift;
    chunks[at] += (((low << shift) & LOW) ^ sign) - sign;
    chunks[at + 1] += (((low >>> (32 - shift)) & LOW) ^ sign) - sign;
    chunks[at + 2] += ((((high << shift) | (low >>> 1 >>> over)) & LOW) ^ sign) - sign;
    if (high >>> BITS_OF_A_PRODUCT == 0) {
      chunks[at + 3] += ((high >>> (32 - shift)) ^ sign) - sign;
    } else {
      chunks[at + 3] += (((high >>> (32 - shift)) & LOW) ^ sign) - sign;
      chunks[at + 4] += ((high >>> 1 >>> over) ^ sign) - sign;
    }
    if (++additions >= ADDITIONS_BETWEEN_CARRIES) {
      carry();
    }
  }

  /**
   * Adds {@code size 2^bit}.
   *
   * @param sign 0 to add it, -1 to take it off
   * @param size unsigned
   */
  void add(long sign, long size, int bit) {
    int chunk = bit >>> 5;
    int shift = bit & 31;
    if (chunk < first || chunk + 3 > first + chunks.length) {
      reach(chunk, chunk + 3);
    }
    int at = chunk - first;
    chunks[at] += (((size << shift) & LOW) ^ sign) - sign;
    chunks[at + 1] += (((size >>> (32 - shift)) & LOW) ^ sign) - sign;
    chunks[at + 2] += ((size >>> 1 >>> (63 - shift)) ^ sign) - sign;
    if (++additions >= ADDITIONS_BETWEEN_CARRIES) {
      carry();
    }
  }

  /** Adds {@code value 2^bit}. */
  void add(BigInteger value, int bit) {
    long sign = value.signum() < 0 ? -1 : 0;
    BigInteger size = value.abs();
    for (int done = 0; done < size.bitLength(); done += 64) {
      add(sign, size.shiftRight(done).longValue(), bit + done);
    }
  }

  void merge(ExactUnits from) {
    combine(from, 0);
  }

  /** Takes out what was merged in. */
  void subtract(ExactUnits part) {
    combine(part, -1);
  }

  private void combine(ExactUnits other, long sign) {
    if (other.chunks.length == 0) {
      return;
    }
    if (additions + other.additions + 1L >= ADDITIONS_BETWEEN_CARRIES) {
      carry();
      other.carry();
    }
    reach(other.first, other.first + other.chunks.length);
    for (int i = 0; i < other.chunks.length; i++) {
      chunks[other.first - first + i] += (other.chunks[i] ^ sign) - sign;
    }
    additions += other.additions + 1;
  }

  private void reach(int from, int end) {
    if (chunks.length == 0) {
      first = from;
    }
    int start = Math.min(first, from);
    long[] wider = new long[Math.max(first + chunks.length, end) - start];
    System.arraycopy(chunks, 0, wider, first - start, chunks.length);
    chunks = wider;
    first = start;
  }

  /** Leaves every chunk but the last in [0, 2^32), and the last in [-2^31, 2^31). */
  private void carry() {
    long moving = 0;
    for (int i = 0; i < chunks.length; i++) {
      long sum = chunks[i] + moving;
      boolean last = i == chunks.length - 1;
      if (last && sum != (int) sum) {
        chunks = Arrays.copyOf(chunks, chunks.length + 1);
        last = false;
      }
      chunks[i] = last ? sum : sum & LOW;
      moving = sum >> 32;
    }
    additions = 1;
  }

  /** The sum. */
  BigInteger total() {
    carry();
    byte[] digits = new byte[chunks.length * 4 + 1];
    for (int i = 0; i < chunks.length * 4; i++) {
      digits[digits.length - 1 - i] = (byte) (chunks[i >>> 2] >>> ((i & 3) * 8));
    }
    digits[0] = (byte) (digits.length > 1 && digits[1] < 0 ? -1 : 0);
    return new BigInteger(digits).shiftLeft(first * 32);
  }

  /** How many zero bytes the sum ends with, then the sum without them. */
  void encode(ByteWriter out) {
    BigInteger total = total();
    int zeros = Math.max(0, total.getLowestSetBit()) / 8;
    out.writeUnsigned(zeros);
    out.writeWhole(total.shiftRight(zeros * 8));
  }

  static ExactUnits decode(ByteReader in) {
    long zeros = in.readCount();
    if (zeros > MOST_BYTES) {
      throw in.wrong("a sum is too large");
    }
    BigInteger digits = in.readWhole();
    if (digits.byteValue() == 0 && (zeros > 0 || digits.signum() != 0)) {
      throw in.wrong("a sum takes more bytes than it needs");
    }
    ExactUnits units = new ExactUnits();
    units.add(digits, (int) zeros * 8);
    return units;
  }
}
