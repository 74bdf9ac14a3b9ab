package dev.millrace.transforms.aggregation;

/** The size and sign of an exact sum: units of 2^-1074, as digits of 32 bits, least first. */
final class Magnitude {
  /** The largest double takes so many; a size with more is infinite. */
  static final int BITS_OF_THE_LARGEST = 2098;

  private static final long FRACTION = (1L << 52) - 1;

  private final boolean negative;
  private final long[] digits;

  Magnitude(boolean negative, long[] digits) {
    this.negative = negative;
    this.digits = digits;
  }

  boolean isNegative() {
    return negative;
  }

  /** A byte of the size, least first. */
  int byteAt(int index) {
    return (int) (digits[index >>> 2] >>> ((index & 3) * 8)) & 0xFF;
  }

  /** The least byte that is not zero; 0 for a size of zero. */
  int firstByte() {
    for (int i = 0; i < digits.length; i++) {
      if (digits[i] != 0) {
        return i * 4 + Long.numberOfTrailingZeros(digits[i]) / 8;
      }
    }
    return 0;
  }

  /** The place after the greatest byte that is not zero; 0 for a size of zero. */
  int endByte() {
    for (int i = digits.length - 1; i >= 0; i--) {
      if (digits[i] != 0) {
        return i * 4 + (71 - Long.numberOfLeadingZeros(digits[i])) / 8;
      }
    }
    return 0;
  }

  /** The size as the nearest double, half to even. */
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
