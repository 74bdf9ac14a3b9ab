package dev.millrace.transforms.aggregation;

/** The size and sign of an exact sum: units of 2^-1074, as digits of 32 bits, least first. */
final class Magnitude {
  /** The largest double takes so many; a size with more is infinite. */
  static final int BITS_OF_THE_LARGEST = 2098;

  private static final long LOW = 0xFFFFFFFFL;
  private static final long HALF = 1L << 10;
  private static final long FRACTION = (1L << 52) - 1;

  /** How many digits {@link #rounded(long, long, long, long, int)} takes. */
  static final int FEW = 4;

  /** How many zeros must follow the digits that {@link #of} is given. */
  static final int HEADROOM = 2;

  private final boolean negative;
  private final long[] digits;

  /** The place of {@code digits[0]}. */
  private final int base;

  private Magnitude(boolean negative, long[] digits, int base) {
    this.negative = negative;
    this.digits = digits;
    this.base = base;
  }

  /**
   * The magnitude of a sum of digits of any sign, less than 2^63 - 2^32 in size, which it takes
   * over.
   *
   * @param base the place of the first
   */
  static Magnitude of(long[] digits, int base) {
    long moving = 0;
    for (int i = 0; i < digits.length; i++) {
      long sum = digits[i] + moving;
      digits[i] = sum & LOW;
      moving = sum >> 32;
    }
    if (moving < 0) {
      long borrow = 1;
      for (int i = 0; i < digits.length; i++) {
        long flipped = (~digits[i] & LOW) + borrow;
        digits[i] = flipped & LOW;
        borrow = flipped >>> 32;
      }
    }
    return new Magnitude(moving < 0, digits, base);
  }

  /** The magnitude of a sum of 128 bits, as {@link #rounded(long, long, int)} takes them. */
  static Magnitude of(long upper, long lower, int unit) {
    int shift = unit & 31;
    long[] digits = {
      (lower & LOW) << shift,
      (lower >>> 32) << shift,
      (upper & LOW) << shift,
      (upper >> 32) << shift,
      0,
      0
    };
    return of(digits, unit >> 5);
  }

  /** The place of the first digit. */
  int base() {
    return base;
  }

  /** The place after the last digit. */
  int end() {
    return base + digits.length;
  }

  /** The digit of a place, least first; zero where there is none. */
  long digit(int place) {
    int index = place - base;
    return index >= 0 && index < digits.length ? digits[index] : 0;
  }

  boolean isNegative() {
    return negative;
  }

  /** A byte of the size, least first. */
  int byteAt(int index) {
    return (int) (digit(index >>> 2) >>> ((index & 3) * 8)) & 0xFF;
  }

  /** The least byte that is not zero; 0 for a size of zero. */
  int firstByte() {
    for (int i = 0; i < digits.length; i++) {
      if (digits[i] != 0) {
        return (base + i) * 4 + Long.numberOfTrailingZeros(digits[i]) / 8;
      }
    }
    return 0;
  }

  /** The place after the greatest byte that is not zero; 0 for a size of zero. */
  int endByte() {
    for (int i = digits.length - 1; i >= 0; i--) {
      if (digits[i] != 0) {
        return (base + i) * 4 + (71 - Long.numberOfLeadingZeros(digits[i])) / 8;
      }
    }
    return 0;
  }

  /** The nearest double, half to even; infinite beyond the largest. */
  double rounded() {
    double size = size();
    return negative ? -size : size;
  }

  /**
   * The nearest double to a sum of few digits, as {@link #of} takes them: mostly 128 bits hold it.
   *
   * @param base the place of the first
   */
  static double rounded(long first, long second, long third, long fourth, int base) {
    long overFirst = second + (first >> 32);
    long overSecond = third + (overFirst >> 32);
    long overThird = fourth + (overSecond >> 32);
    return overThird == (int) overThird
        ? rounded(overThird << 32 | (overSecond & LOW), overFirst << 32 | (first & LOW), base * 32)
        : of(new long[] {first, second, third, fourth, 0, 0}, base).rounded();
  }

  /**
   * The nearest double to a sum of 128 bits.
   *
   * @param upper the sign and the upper 63 of them
   * @param unit the place of the lowest, in bits
   */
  static double rounded(long upper, long lower, int unit) {
    if ((upper | lower) == 0) {
      return 0.0;
    }
    boolean negative = upper < 0;
    long low = negative ? -lower : lower;
    long high = negative ? ~upper + (lower == 0 ? 1 : 0) : upper;
    int shift = Long.numberOfLeadingZeros(high != 0 ? high : low);
    int highest = unit + (high != 0 ? 127 : 63) - shift;
    if (highest <= 52 || highest >= BITS_OF_THE_LARGEST) {
      return of(upper, lower, unit).rounded();
    }
    double size =
        high != 0
            ? rounded(high << shift | (low >>> 1 >>> (63 - shift)), low << shift != 0, highest)
            : rounded(low << shift, false, highest);
    return negative ? -size : size;
  }

  private double size() {
    int top = digits.length - 1;
    while (top >= 0 && digits[top] == 0) {
      top--;
    }
    if (top < 0) {
      return 0.0;
    }
    int highest = (base + top) * 32 + 63 - Long.numberOfLeadingZeros(digits[top]);
    if (highest <= 52) {
      return Double.longBitsToDouble(digit(0) | (digit(1) << 32));
    }
    if (highest >= BITS_OF_THE_LARGEST) {
      return Double.POSITIVE_INFINITY;
    }
    // The leading bits of four digits, and whether anything is left below them.
    long high = digit(base + top) << 32 | digit(base + top - 1);
    long low = digit(base + top - 2) << 32 | digit(base + top - 3);
    int shift = Long.numberOfLeadingZeros(high);
    long lead = high << shift | (low >>> 1 >>> (63 - shift));
    boolean below = low << shift != 0;
    for (int i = top - 4; i >= 0 && !below; i--) {
      below = digits[i] != 0;
    }
    return rounded(lead, below, highest);
  }

  /**
   * The nearest double to a size of more than 53 bits or just as many.
   *
   * @param lead its leading bits, the highest first
   * @param below whether any bit after them is set
   * @param highest the place of its highest bit
   */
  private static double rounded(long lead, boolean below, int highest) {
    long kept = lead >>> 11;
    // No branch, since every other number would be mistaken for the other kind.
    long rest = (lead & 0x7FF) | (below ? 1 : 0);
    long up = (rest + HALF - 1 + (kept & 1)) >>> 11;
    long bits = ((long) (highest - 51) << 52) + (kept & FRACTION) + up;
    return Double.longBitsToDouble(bits);
  }
}
