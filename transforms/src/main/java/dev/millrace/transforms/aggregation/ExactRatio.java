package dev.millrace.transforms.aggregation;

import java.math.BigInteger;

/**
 * The number {@code numerator / denominator * 2^exponent}, rounded once, half to even: no rounding
 * comes before it, so what cancels in the numerator cancels exactly.
 *
 * @param denominator positive
 */
record ExactRatio(BigInteger numerator, BigInteger denominator, int exponent) {
  private static final int ENOUGH_BITS = 66;

  /** The nearest double, infinite beyond the largest; a zero has no sign. */
  double rounded() {
    return rounded(53, Double.MIN_EXPONENT - 52);
  }

  /** The nearest float, infinite beyond the largest; a zero has no sign. */
  float roundedToFloat() {
    return (float) rounded(24, Float.MIN_EXPONENT - 23);
  }

  private double rounded(int digits, int least) {
    int shift = Math.max(0, ENOUGH_BITS + denominator.bitLength() - numerator.bitLength());
    BigInteger[] divided = numerator.abs().shiftLeft(shift).divideAndRemainder(denominator);
    double size = round(divided[0], divided[1].signum() != 0, exponent - shift, digits, least);
    return numerator.signum() < 0 ? 0.0 - size : size;
  }

  /**
   * The square root with the sign of the number: of a ratio whose numerator was squared to take it
   * under the root, see {@link #signed}.
   */
  double root() {
    int shift = Math.max(0, 2 * ENOUGH_BITS + denominator.bitLength() - numerator.bitLength());
    shift += (exponent - shift) & 1;
    BigInteger[] divided = numerator.abs().shiftLeft(shift).divideAndRemainder(denominator);
    BigInteger[] root = divided[0].sqrtAndRemainder();
    boolean more = divided[1].signum() != 0 || root[1].signum() != 0;
    double size = round(root[0], more, (exponent - shift) / 2, 53, Double.MIN_EXPONENT - 52);
    return numerator.signum() < 0 ? 0.0 - size : size;
  }

  /** The square of a number, with its sign. */
  static BigInteger signed(BigInteger number) {
    return number.multiply(number.abs());
  }

  /**
   * Rounds {@code size 2^exponent}, or a little more, where {@code more}, than that: an odd last
   * bit far below what is kept stands for it.
   */
  private static double round(BigInteger size, boolean more, int exponent, int digits, int least) {
    BigInteger all = size.shiftLeft(1);
    all = more ? all.setBit(0) : all;
    int lowest = Math.max(all.bitLength() - digits + exponent - 1, least);
    int dropped = lowest - (exponent - 1);
    if (dropped <= 0) {
      return Math.scalb(all.doubleValue(), exponent - 1);
    }
    BigInteger kept = all.shiftRight(dropped);
    boolean half = all.testBit(dropped - 1);
    boolean above = all.getLowestSetBit() < dropped - 1;
    if (half && (above || kept.testBit(0))) {
      kept = kept.add(BigInteger.ONE);
    }
    return Math.scalb((double) kept.longValue(), lowest);
  }
}
