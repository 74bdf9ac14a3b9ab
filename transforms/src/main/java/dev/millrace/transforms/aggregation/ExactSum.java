package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.util.Arrays;

/**
 * The exact sum of any number of doubles, after R. Neal, "Fast exact summation using small and
 * large superaccumulators" (2015).
 *
 * <p>A double is a whole number of units of 2^-1074, the least subnormal. The sum is kept as a
 * fixed-point number of such units, in chunks of 32 bits held in longs:
 *
 * <pre>
 *   chunk[0]        units 2^0  .. 2^31     a double's 53 bits touch at most three chunks, and a long takes 2^30 of them
 *   chunk[1]        units 2^32 .. 2^63     before carries must move up
 *   ...
 *   chunk[66]       the sign and the headroom of 2^62 additions of the largest double
 * </pre>
 *
 * Infinities and NaN are counted beside it. Zeros of either sign add nothing but to the count.
 */
final class ExactSum {
  private static final int CHUNKS = 67;
  private static final int BITS_OF_THE_LARGEST = 2098;
  private static final long LOW = 0xFFFFFFFFL;
  private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 30;
  private static final long FRACTION = (1L << 52) - 1;

  private final long[] chunks;

  /** Which chunk {@code chunks} begins with: the first, but for a mark. */
  private final int base;

  /** The touched chunks: from {@code low} to before {@code high}, all others are zero. */
  private int low = CHUNKS;

  private int high;
  private int additions;
  private long count;
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  ExactSum() {
    this(new long[CHUNKS], 0);
  }

  private ExactSum(long[] chunks, int base) {
    this.chunks = chunks;
    this.base = base;
  }

  /** A copy of the touched chunks alone, to be subtracted later and for nothing else. */
  ExactSum mark() {
    return low >= high
        ? new ExactSum(new long[0], 0).like(this)
        : new ExactSum(Arrays.copyOfRange(chunks, low, high), low).like(this);
  }

  /** What is left without what {@code mark} holds of this sum. */
  ExactSum without(ExactSum mark) {
    ExactSum rest = new ExactSum(chunks.clone(), 0).like(this);
    rest.subtract(mark);
    return rest;
  }

  private ExactSum like(ExactSum other) {
    low = other.low;
    high = other.high;
    additions = other.additions;
    count = other.count;
    nans = other.nans;
    positiveInfinities = other.positiveInfinities;
    negativeInfinities = other.negativeInfinities;
    return this;
  }

  long count() {
    return count;
  }

  void add(double value) {
    count++;
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) & 0x7FF;
    long fraction = bits & FRACTION;
    if (exponent == 0x7FF) {
      addSpecial(value);
      return;
    }
    if (exponent == 0) {
      if (fraction == 0) {
        return;
      }
      exponent = 1;
    } else {
      fraction |= 1L << 52;
    }
    int unit = exponent - 1;
    int chunk = unit >>> 5;
    int shift = unit & 31;
    long first = (fraction << shift) & LOW;
    long second = (fraction >>> (32 - shift)) & LOW;
    long third = shift == 0 ? 0 : fraction >>> (64 - shift);
    if (bits < 0) {
      chunks[chunk] -= first;
      chunks[chunk + 1] -= second;
      chunks[chunk + 2] -= third;
    } else {
      chunks[chunk] += first;
      chunks[chunk + 1] += second;
      chunks[chunk + 2] += third;
    }
    low = Math.min(low, chunk);
    high = Math.max(high, chunk + 3);
    if (++additions >= ADDITIONS_BETWEEN_CARRIES) {
      carry();
    }
  }

  private void addSpecial(double value) {
    if (Double.isNaN(value)) {
      nans++;
    } else if (value > 0) {
      positiveInfinities++;
    } else {
      negativeInfinities++;
    }
  }

  void merge(ExactSum from) {
    if (additions + from.additions + 1L >= ADDITIONS_BETWEEN_CARRIES) {
      carry();
      from.carry();
    }
    for (int i = from.low; i < from.high; i++) {
      chunks[i] += from.chunks[i];
    }
    low = Math.min(low, from.low);
    high = Math.max(high, from.high);
    additions += from.additions + 1;
    count += from.count;
    nans += from.nans;
    positiveInfinities += from.positiveInfinities;
    negativeInfinities += from.negativeInfinities;
  }

  /** Takes out what {@code part} holds of this sum. */
  void subtract(ExactSum part) {
    if (additions + part.additions + 1L >= ADDITIONS_BETWEEN_CARRIES) {
      carry();
    }
    for (int i = part.low; i < part.high; i++) {
      chunks[i] -= part.chunks[i - part.base];
    }
    low = Math.min(low, part.low);
    high = Math.max(high, part.high);
    additions += part.additions + 1;
    count -= part.count;
    nans -= part.nans;
    positiveInfinities -= part.positiveInfinities;
    negativeInfinities -= part.negativeInfinities;
  }

  /** Leaves every chunk but the last in [0, 2^32), so that one value has one form. */
  private void carry() {
    long moving = 0;
    int i = low;
    while (i < CHUNKS - 1 && (i < high || moving != 0)) {
      long sum = chunks[i] + moving;
      chunks[i++] = sum & LOW;
      moving = sum >> 32;
    }
    if (i == CHUNKS - 1) {
      chunks[i++] += moving;
    }
    high = Math.max(high, i);
    additions = 1;
  }

  /** The sum rounded once, half to even; infinite beyond the largest double. */
  double total() {
    if (nans > 0 || (positiveInfinities > 0 && negativeInfinities > 0)) {
      return Double.NaN;
    }
    if (positiveInfinities > 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (negativeInfinities > 0) {
      return Double.NEGATIVE_INFINITY;
    }
    Magnitude magnitude = magnitude();
    double size = magnitude.round();
    return magnitude.negative ? -size : size;
  }

  private Magnitude magnitude() {
    carry();
    boolean negative = chunks[CHUNKS - 1] < 0;
    long[] digits = chunks.clone();
    if (negative) {
      long borrow = 1;
      for (int i = 0; i < CHUNKS; i++) {
        long flipped = (~digits[i] & LOW) + borrow;
        digits[i] = flipped & LOW;
        borrow = flipped >>> 32;
      }
    }
    return new Magnitude(negative, digits);
  }

  void encode(ByteWriter out) {
    out.writeUnsigned(count);
    Magnitude magnitude = magnitude();
    boolean special = nans + positiveInfinities + negativeInfinities > 0;
    int first = magnitude.firstByte();
    int bytes = magnitude.endByte() - first;
    out.writeUnsigned(((long) bytes << 2) | (special ? 2 : 0) | (magnitude.negative ? 1 : 0));
    if (bytes > 0) {
      out.writeUnsigned(first);
      for (int i = first; i < first + bytes; i++) {
        out.writeByte((int) (magnitude.digits[i >>> 2] >>> ((i & 3) * 8)));
      }
    }
    if (special) {
      out.writeUnsigned(nans);
      out.writeUnsigned(positiveInfinities);
      out.writeUnsigned(negativeInfinities);
    }
  }

  static ExactSum decode(ByteReader in) {
    ExactSum sum = new ExactSum();
    sum.count = in.readUnsigned();
    long head = in.readUnsigned();
    int bytes = (int) (head >>> 2);
    if (bytes > 0) {
      int first = (int) in.readUnsigned();
      if (first < 0 || bytes > CHUNKS * 4 - first) {
        throw new IllegalArgumentException("an exact sum of " + bytes + " bytes from " + first);
      }
      for (int i = first; i < first + bytes; i++) {
        long digit = (long) in.readByte() << ((i & 3) * 8);
        sum.chunks[i >>> 2] += (head & 1) == 0 ? digit : -digit;
      }
      sum.low = first >>> 2;
      sum.high = ((first + bytes - 1) >>> 2) + 1;
      sum.additions = 1;
    }
    if ((head & 2) != 0) {
      sum.nans = in.readUnsigned();
      sum.positiveInfinities = in.readUnsigned();
      sum.negativeInfinities = in.readUnsigned();
    }
    return sum;
  }

  /** A size in units of 2^-1074, as digits of 32 bits, least first. */
  private static final class Magnitude {
    private final boolean negative;
    private final long[] digits;

    Magnitude(boolean negative, long[] digits) {
      this.negative = negative;
      this.digits = digits;
    }

    int firstByte() {
      for (int i = 0; i < digits.length; i++) {
        if (digits[i] != 0) {
          return i * 4 + Long.numberOfTrailingZeros(digits[i]) / 8;
        }
      }
      return 0;
    }

    int endByte() {
      for (int i = digits.length - 1; i >= 0; i--) {
        if (digits[i] != 0) {
          return i * 4 + (71 - Long.numberOfLeadingZeros(digits[i])) / 8;
        }
      }
      return 0;
    }

    double round() {
      int top = digits.length - 1;
      while (top >= 0 && digits[top] == 0) {
        top--;
      }
      if (top < 0) {
        return 0.0;
      }
      int highest = top * 32 + 63 - Long.numberOfLeadingZeros(digits[top]);
      if (highest <= 52) {
        return Double.longBitsToDouble(digits[0] | (digits[1] << 32));
      }
      if (highest >= BITS_OF_THE_LARGEST) {
        return Double.POSITIVE_INFINITY;
      }
      int lowest = highest - 52;
      int chunk = lowest >>> 5;
      int shift = lowest & 31;
      long kept = (digits[chunk] >>> shift) | (digits[chunk + 1] << (32 - shift));
      if (shift > 0) {
        kept |= digits[chunk + 2] << (64 - shift);
      }
      long bits = ((long) (lowest + 1) << 52) + (kept & FRACTION);
      boolean half = bit(lowest - 1) == 1;
      if (half && ((kept & 1) == 1 || anyBelow(lowest - 1))) {
        bits++;
      }
      return Double.longBitsToDouble(bits);
    }

    private long bit(int index) {
      return (digits[index >>> 5] >>> (index & 31)) & 1;
    }

    private boolean anyBelow(int index) {
      for (int i = 0; i < index >>> 5; i++) {
        if (digits[i] != 0) {
          return true;
        }
      }
      return (digits[index >>> 5] & ((1L << (index & 31)) - 1)) != 0;
    }
  }
}
