package dev.millrace.transforms.aggregation;

import org.jspecify.annotations.Nullable;

/**
 * An exact sum that is looked at after every few numbers. As long as all are of like sizes, as
 * everyday ones are, two longs hold it, whose lowest bits are 2^53 apart:
 *
 * <pre>
 *   upper    sign, room for carries, 52 bits      of the units 2^(place + 53 - 1074) and more
 *   lower    room for carries,       53 bits      of the units 2^(place - 1074) and more
 * </pre>
 *
 * A number's bits go to both, each with its sign, and carries move up after many. The first number
 * that has no place there, or is infinite or not a number, moves the sum to an {@link ExactSum},
 * for good. Where nothing is looked at, that one takes as long for any numbers.
 */
final class RunningSum implements DoubleSum {
  /** A power of two; so many numbers fit into the room for carries. */
  private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 9;

  /**
   * The upper long has room for those numbers where it is within it, and so has the difference of
   * any two that it was.
   */
  private static final long ROOMY = 1L << 61;

  /** Bits of the lower long without its room. */
  private static final int SPLIT = 53;

  private static final long LOW = (1L << SPLIT) - 1;

  /** How many places a number's lowest bit may have: any but the upper long's own. */
  private static final int PLACES = SPLIT;

  /** How many of them are for numbers smaller than the first. */
  private static final int PLACES_BELOW = 26;

  /** No number is near to it. */
  private static final int NOWHERE = Integer.MIN_VALUE;

  private static final int LONGS_OF_A_MARK = 3;
  private static final long FRACTION = (1L << 52) - 1;

  /** The unit of the lowest bit; nowhere before any number but zeros came. */
  private int place = NOWHERE;

  private long lower;
  private long upper;
  private long count;

  /** All of the sum, where two longs are not enough. */
  private @Nullable ExactSum wide;

  @Override
  public void add(double value) {
    if (wide != null) {
      wide.add(value);
      return;
    }
    if ((count & (ADDITIONS_BETWEEN_CARRIES - 1)) == 0 && !hasRoomOnceCarried()) {
      exact().add(value);
      return;
    }
    long bits = Double.doubleToRawLongBits(value);
    int shift = unit(bits) - place;
    if (shift >= 0 && shift < PLACES) {
      addAt(shift, bits);
    } else {
      addElsewhere(value, bits);
    }
  }

  /** The place of a normal number's lowest bit; -1 for subnormal numbers and zeros. */
  private static int unit(long bits) {
    return ((int) (bits >>> 52) & 0x7FF) - 1;
  }

  private boolean hasRoomOnceCarried() {
    upper += lower >> SPLIT;
    lower &= LOW;
    return upper > -ROOMY && upper < ROOMY;
  }

  private void addAt(int shift, long bits) {
    count++;
    long sign = bits >> 63;
    long signed = (((bits & FRACTION) | (1L << 52)) ^ sign) - sign;
    lower += (signed << shift) & LOW;
    upper += signed >> (SPLIT - shift);
  }

  private void addElsewhere(double value, long bits) {
    if (value == 0) {
      count++;
      return;
    }
    int unit = unit(bits);
    int near = Math.max(0, unit - PLACES_BELOW);
    if (place == NOWHERE && unit >= 0 && near + PLACES <= ExactSum.UNIT_OF_SPECIALS) {
      place = near;
      addAt(unit - near, bits);
    } else {
      exact().add(value);
    }
  }

  @Override
  public ExactSum exact() {
    ExactSum all = wide;
    if (all == null) {
      all = new ExactSum();
      all.merge(count, magnitude(lower, upper));
      wide = all;
    }
    return all;
  }

  private Magnitude magnitude(long lower, long upper) {
    return Magnitude.of(upperOf128(lower, upper), lowerOf128(lower, upper), Math.max(place, 0));
  }

  private double rounded(long lower, long upper) {
    return Magnitude.rounded(
        upperOf128(lower, upper), lowerOf128(lower, upper), Math.max(place, 0));
  }

  private static long lowerOf128(long lower, long upper) {
    return (upper << SPLIT) + lower;
  }

  private static long upperOf128(long lower, long upper) {
    long shifted = upper << SPLIT;
    long sum = shifted + lower;
    // No branch, since there is a carry as often as not.
    long carry = ((shifted & lower) | ((shifted | lower) & ~sum)) >>> 63;
    return (upper >> (Long.SIZE - SPLIT)) + (lower >> 63) + carry;
  }

  @Override
  public long count() {
    return wide == null ? count : wide.count();
  }

  @Override
  public double total() {
    return wide == null ? rounded(lower, upper) : wide.total();
  }

  /** An {@link ExactSum}'s mark, or the count and the two longs. */
  @Override
  public int mark(long[] marks, int at, int room) {
    if (wide != null) {
      return wide.mark(marks, at, room);
    }
    if (room >= LONGS_OF_A_MARK) {
      marks[at] = ExactSum.headOfMarkElsewhere(count);
      marks[at + 1] = lower;
      marks[at + 2] = upper;
    }
    return LONGS_OF_A_MARK;
  }

  @Override
  public long countSince(long[] marks, int at) {
    return count() - ExactSum.countOf(marks, at);
  }

  @Override
  public double totalSince(long[] marks, int at) {
    if (wide == null) {
      return rounded(lower - marks[at + 1], upper - marks[at + 2]);
    }
    return ExactSum.isElsewhere(marks, at)
        ? wide.totalSince(magnitude(marks[at + 1], marks[at + 2]))
        : wide.totalSince(marks, at);
  }
}
