package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;

/**
 * The exact sum of any number of doubles, after R. Neal, "Fast exact summation using small and
 * large superaccumulators" (2015).
 *
 * <p>A double is a whole number of units of 2^-1074, the least subnormal. The sum is kept as a
 * fixed-point number of such units, in chunks of 32 bits held in longs:
 *
 * <pre>
 *   chunk[0]        units 2^0  .. 2^31     a double's lowest bits go to one chunk, all others, at most 52, to the next;
 *   chunk[1]        units 2^32 .. 2^63     a long takes 2^10 of them before carries must move up
 *   ...
 *   chunk[67]       the sign and the headroom of 2^62 additions of the largest double
 * </pre>
 *
 * Infinities and NaN are counted beside it. Zeros of either sign add nothing but to the count.
 */
final class ExactSum {
  private static final int CHUNKS = 68;
  private static final long LOW = 0xFFFFFFFFL;
  private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 10;
  private static final long FRACTION = (1L << 52) - 1;

  /**
   * The first long of a mark: where its chunks begin, how many they are, whether specials are
   * counted, and in the upper 47 bits the count.
   */
  private static final int SIZE_SHIFT = 8;

  private static final long SPECIAL = 1L << 16;
  private static final int COUNT_SHIFT = 17;

  private final long[] chunks = new long[CHUNKS];

  /** The touched chunks: from {@code low} to before {@code high}, all others are zero. */
  private int low = CHUNKS;

  private int high;
  private int additions;
  private long count;
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  /** A mark: the count and the shape, the specials if there are any, the chunks. */
  int mark(long[] marks, int at, int room) {
    carryForDifferences();
    int size = Math.max(0, high - low);
    boolean special = hasSpecials();
    int takes = 1 + (special ? 3 : 0) + size;
    if (takes > room) {
      return takes;
    }
    marks[at] = count << COUNT_SHIFT | (special ? SPECIAL : 0) | (long) size << SIZE_SHIFT | low;
    int next = at + 1;
    if (special) {
      marks[next++] = nans;
      marks[next++] = positiveInfinities;
      marks[next++] = negativeInfinities;
    }
    for (int i = 0; i < size; i++) {
      marks[next + i] = chunks[low + i];
    }
    return takes;
  }

  long countSince(long[] marks, int at) {
    return count - (marks[at] >>> COUNT_SHIFT);
  }

  /** What came since a mark of this sum was made, rounded once. */
  double totalSince(long[] marks, int at) {
    carryForDifferences();
    long shape = marks[at];
    int next = at + 1;
    if (hasSpecials()) {
      boolean then = (shape & SPECIAL) != 0;
      double special =
          special(
              nans - (then ? marks[next] : 0),
              positiveInfinities - (then ? marks[next + 1] : 0),
              negativeInfinities - (then ? marks[next + 2] : 0));
      if (special != 0) {
        return special;
      }
      next += then ? 3 : 0;
    }
    if (low >= high) {
      return 0.0;
    }
    long[] digits = new long[high - low + Magnitude.HEADROOM];
    for (int i = low; i < high; i++) {
      digits[i - low] = chunks[i];
    }
    int size = (int) (shape >>> SIZE_SHIFT) & 0xFF;
    int first = (int) (shape & 0xFF) - low;
    for (int i = 0; i < size; i++) {
      digits[first + i] -= marks[next + i];
    }
    return Magnitude.of(digits, low).rounded();
  }

  /** Leaves room for the difference of two states in every chunk. */
  private void carryForDifferences() {
    if (additions >= ADDITIONS_BETWEEN_CARRIES / 2) {
      carry();
    }
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
    } else if (exponent > 0) {
      addUnits(bits >> 63, fraction | 1L << 52, exponent - 1);
    } else if (fraction != 0) {
      addUnits(bits >> 63, fraction, 0);
    }
  }

  private void addUnits(long sign, long fraction, int unit) {
    long signed = (fraction ^ sign) - sign;
    int chunk = unit >>> 5;
    int shift = unit & 31;
    chunks[chunk] += (signed << shift) & LOW;
    chunks[chunk + 1] += signed >> (32 - shift);
    if (chunk < low) {
      low = chunk;
    }
    if (chunk + 2 > high) {
      high = chunk + 2;
    }
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
      chunks[i] -= part.chunks[i];
    }
    low = Math.min(low, part.low);
    high = Math.max(high, part.high);
    additions += part.additions + 1;
    count -= part.count;
    nans -= part.nans;
    positiveInfinities -= part.positiveInfinities;
    negativeInfinities -= part.negativeInfinities;
  }

  /** Leaves every chunk in [0, 2^32) but the highest touched, which has 32 bits with its sign. */
  private void carry() {
    long moving = 0;
    int i = low;
    for (; i < high || moving != 0; i++) {
      long sum = chunks[i] + moving;
      if (i >= high - 1 && (sum == (int) sum || i == CHUNKS - 1)) {
        chunks[i++] = sum;
        break;
      }
      chunks[i] = sum & LOW;
      moving = sum >> 32;
    }
    high = Math.max(high, i);
    additions = 1;
  }

  /** The sum rounded once, half to even; infinite beyond the largest double. */
  double total() {
    double special = special(nans, positiveInfinities, negativeInfinities);
    return special != 0 ? special : magnitude().rounded();
  }

  private boolean hasSpecials() {
    return (nans | positiveInfinities | negativeInfinities) != 0;
  }

  /** NaN or an infinity where there is any, else 0. */
  private static double special(long nans, long positive, long negative) {
    if (nans > 0 || (positive > 0 && negative > 0)) {
      return Double.NaN;
    }
    return positive > 0 ? Double.POSITIVE_INFINITY : negative > 0 ? Double.NEGATIVE_INFINITY : 0;
  }

  private Magnitude magnitude() {
    if (low >= high) {
      return Magnitude.of(new long[0], 0);
    }
    long[] digits = new long[high - low + Magnitude.HEADROOM];
    System.arraycopy(chunks, low, digits, 0, high - low);
    return Magnitude.of(digits, low);
  }

  void encode(ByteWriter out) {
    out.writeUnsigned(count);
    Magnitude magnitude = magnitude();
    boolean special = hasSpecials();
    int first = magnitude.firstByte();
    int bytes = magnitude.endByte() - first;
    out.writeUnsigned(((long) bytes << 2) | (special ? 2 : 0) | (magnitude.isNegative() ? 1 : 0));
    if (bytes > 0) {
      out.writeUnsigned(first);
      for (int i = first; i < first + bytes; i++) {
        out.writeByte(magnitude.byteAt(i));
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
    sum.count = in.readCount();
    long head = in.readCount();
    boolean negative = (head & 1) != 0;
    boolean special = (head & 2) != 0;
    long bytes = head >>> 2;
    if (bytes > 0) {
      sum.readDigits(in, bytes, negative);
    } else if (negative) {
      throw in.wrong("a zero carries a sign");
    }
    long finite = sum.count;
    if (special) {
      sum.nans = readAtMost(finite, in);
      finite -= sum.nans;
      sum.positiveInfinities = readAtMost(finite, in);
      finite -= sum.positiveInfinities;
      sum.negativeInfinities = readAtMost(finite, in);
      finite -= sum.negativeInfinities;
    }
    if ((special && finite == sum.count) || (bytes > 0 && finite == 0)) {
      throw in.wrong("the counts do not fit the sum");
    }
    return sum;
  }

  private static long readAtMost(long most, ByteReader in) {
    long read = in.readCount();
    if (read > most) {
      throw in.wrong("more numbers are special than there are");
    }
    return read;
  }

  private void readDigits(ByteReader in, long bytes, boolean negative) {
    long first = in.readCount();
    int most = (Magnitude.BITS_OF_THE_LARGEST + 64 - Long.numberOfLeadingZeros(count) + 7) / 8;
    if (first >= most || bytes > most - first) {
      throw in.wrong("the sum is too large for what was added");
    }
    int end = (int) (first + bytes);
    for (int i = (int) first; i < end; i++) {
      long digit = in.readByte();
      if (digit == 0 && (i == first || i == end - 1)) {
        throw in.wrong("a sum takes more bytes than it needs");
      }
      digit <<= (i & 3) * 8;
      chunks[i >>> 2] += negative ? -digit : digit;
    }
    low = (int) first >>> 2;
    high = ((end - 1) >>> 2) + 1;
    additions = 1;
  }
}
