package dev.millrace.transforms.aggregation;

import java.math.BigInteger;

/** Adds powers and products of numbers to exact sums, without rounding or range. */
final class ExactPowers {
  private ExactPowers() {}

  /** Adds {@code number}, its square, and so on: as many powers as there are sums. */
  static void add(ExactUnits[] sums, UnitNumber number) {
    BigInteger large = number.large();
    if (large != null) {
      for (int i = 0; i < sums.length; i++) {
        sums[i].add(large.pow(i + 1), 0);
      }
      return;
    }
    add(sums, number.sign(), number.size(), number.bit());
  }

  /** Adds {@code size 2^bit}, its square, and so on; {@code sign} is -1 for a negative number. */
  static void add(ExactUnits[] sums, long sign, long size, int bit) {
    sums[0].add(sign, size, bit);
    if (sums.length == 1 || size == 0) {
      return;
    }
    long low = size * size;
    long high = Math.multiplyHigh(size, size);
    sums[1].add(0, high, low, 2 * bit);
    if (sums.length > 2) {
      sums[2].add(sign, high(low, size), low * size, 3 * bit);
      sums[2].add(sign, high(high, size), high * size, 3 * bit + 64);
    }
    if (sums.length > 3) {
      sums[3].add(0, high(low, low), low * low, 4 * bit);
      sums[3].add(0, high(high, low), high * low, 4 * bit + 65);
      sums[3].add(0, high(high, high), high * high, 4 * bit + 128);
    }
  }

  static void addItself(ExactUnits sum, UnitNumber number) {
    if (number.large() != null) {
      sum.add(number.large(), 0);
    } else {
      sum.add(number.sign(), number.size(), number.bit());
    }
  }

  static void addProduct(ExactUnits sum, UnitNumber x, UnitNumber y) {
    if (x.large() != null || y.large() != null) {
      sum.add(x.units().multiply(y.units()), 0);
      return;
    }
    long low = x.size() * y.size();
    sum.add(x.sign() ^ y.sign(), high(x.size(), y.size()), low, x.bit() + y.bit());
  }

  /** The upper 64 bits of the product of two unsigned numbers. */
  private static long high(long a, long b) {
    return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
  }
}
