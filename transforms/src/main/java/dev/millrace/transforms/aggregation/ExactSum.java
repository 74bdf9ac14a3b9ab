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
 *
 * <p>Where many numbers come between two looks at the sum, a window of Neal's large
 * superaccumulator stands before the chunks: the fractions of the numbers of one exponent are added
 * to one long, which takes 2^10 of them and goes to the chunks where carries move up.
 */
final class ExactSum implements DoubleSum {
  private static final int CHUNKS = 68;
  private static final long LOW = 0xFFFFFFFFL;

  /** A power of two; carries move up before the count leaves a multiple of it. */
  private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 10;

  /** How many exponents the window has. */
  private static final int WINDOW = 128;

  private static final long[] NONE = new long[0];

  /** How many chunks there is room for below and above those that are touched. */
  private static final int ROOM = 2;

  private static final long UNKNOWN = -1;
  private static final long FRACTION = (1L << 52) - 1;

  /**
   * The first long of a mark: where its chunks begin, how many they are, whether specials are
   * counted, and in the upper 47 bits the count.
   */
  private static final int SIZE_SHIFT = 8;

  private static final long SPECIAL = 1L << 16;
  private static final int COUNT_SHIFT = 17;

  /** Of a mark that says its sum in other longs than chunks. */
  private static final long ELSEWHERE = 1L << 7;

  /** Where a number's lowest bit would be if infinities and NaN were numbers. */
  static final int UNIT_OF_SPECIALS = 0x7FE;

  /** Those chunks that any number was near to, from {@code base} on. */
  private long[] chunks = NONE;

  private int base;

  /** The touched chunks: from {@code low} to before {@code high}, all others are zero. */
  private int low = CHUNKS;

  private int high;

  /** For each exponent from {@code lowestExponent} the fractions that are not in the chunks yet. */
  private long[] window = NONE;

  private int lowestExponent;

  private long count;

  /** The count when carries last moved up; none if they are due whatever the count. */
  private long carriedAt;

  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  /** A mark: the count and the shape, the specials if there are any, the chunks as they are. */
  @Override
  public int mark(long[] marks, int at, int room) {
    requireInChunks();
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
      marks[next + i] = chunk(low + i);
    }
    return takes;
  }

  /** The first long of a mark that says its sum in longs of another's that follow. */
  static long headOfMarkElsewhere(long count) {
    return count << COUNT_SHIFT | ELSEWHERE;
  }

  static boolean isElsewhere(long[] marks, int at) {
    return (marks[at] & ELSEWHERE) != 0;
  }

  /** How many numbers there were when a mark was made. */
  static long countOf(long[] marks, int at) {
    return marks[at] >>> COUNT_SHIFT;
  }

  @Override
  public long countSince(long[] marks, int at) {
    return count - countOf(marks, at);
  }

  /**
   * What came since a mark of this sum was made, rounded once. Where carries moved up in between,
   * chunks may be less than the mark's: they are digits of any sign.
   */
  @Override
  public double totalSince(long[] marks, int at) {
    requireInChunks();
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
    int size = (int) (shape >>> SIZE_SHIFT) & 0xFF;
    int first = (int) (shape & 0xFF);
    if (first == low && high - low <= Magnitude.FEW) {
      return Magnitude.rounded(
          touched(0) - (size > 0 ? marks[next] : 0),
          touched(1) - (size > 1 ? marks[next + 1] : 0),
          touched(2) - (size > 2 ? marks[next + 2] : 0),
          touched(3) - (size > 3 ? marks[next + 3] : 0),
          low);
    }
    if (low >= high) {
      return 0.0;
    }
    long[] digits = digits(low, high);
    for (int i = 0; i < size; i++) {
      digits[first - low + i] -= marks[next + i];
    }
    return Magnitude.of(digits, low).rounded();
  }

  /** What came since the sum was of finite numbers and a size, rounded once. */
  double totalSince(Magnitude then) {
    if (hasSpecials()) {
      return special(nans, positiveInfinities, negativeInfinities);
    }
    requireInChunks();
    int from = Math.min(low, then.base());
    long[] digits = digits(from, Math.max(high, then.end()));
    for (int i = then.base(); i < then.end(); i++) {
      digits[i - from] -= then.isNegative() ? -then.digit(i) : then.digit(i);
    }
    return Magnitude.of(digits, from).rounded();
  }

  /** One of the touched chunks; zero beyond them. */
  private long touched(int index) {
    return low + index < high ? chunk(low + index) : 0;
  }

  /** The touched chunks and zeros around them, with what {@link Magnitude#of} needs. */
  private long[] digits(int from, int end) {
    long[] digits = new long[end - from + Magnitude.HEADROOM];
    if (low < high) {
      System.arraycopy(chunks, low - base, digits, low - from, high - low);
    }
    return digits;
  }

  /** Has all that was added be in the chunks, and none of it in the window. */
  private void requireInChunks() {
    if (window.length > 0) {
      normalise();
    }
  }

  @Override
  public ExactSum exact() {
    return this;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public void add(double value) {
    if ((count & (ADDITIONS_BETWEEN_CARRIES - 1)) == 0) {
      carry();
    }
    count++;
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) & 0x7FF;
    int at = exponent - lowestExponent;
    long[] fractions = window;
    if (at >= 0 && at < fractions.length) {
      long sign = bits >> 63;
      fractions[at] += (((bits & FRACTION) | (1L << 52)) ^ sign) - sign;
    } else {
      addToChunks(value, bits, exponent - 1);
    }
  }

  private void addToChunks(double value, long bits, int unit) {
    long fraction = bits & FRACTION;
    if (Integer.compareUnsigned(unit, UNIT_OF_SPECIALS) < 0) {
      addUnits(bits >> 63, fraction | 1L << 52, unit);
    } else if (unit == UNIT_OF_SPECIALS) {
      addSpecial(value);
    } else if (fraction != 0) {
      addUnits(bits >> 63, fraction, 0);
    }
  }

  private void addUnits(long sign, long fraction, int unit) {
    long signed = (fraction ^ sign) - sign;
    int chunk = unit >>> 5;
    int shift = unit & 31;
    if (chunk < low || chunk + 2 > high) {
      touch(chunk, chunk + 2);
    }
    int at = chunk - base;
    chunks[at] += (signed << shift) & LOW;
    chunks[at + 1] += signed >> (32 - shift);
  }

  private long chunk(int number) {
    return chunks[number - base];
  }

  /** Makes room for chunks from one to before another, which are touched from now on. */
  private void touch(int from, int end) {
    low = Math.min(low, from);
    high = Math.max(high, end);
    if (low < base || high > base + chunks.length) {
      widen();
    }
  }

  private void widen() {
    int start = Math.max(0, low - ROOM);
    long[] wider = new long[Math.min(CHUNKS, high + ROOM) - start];
    if (chunks.length > 0) {
      int kept = Math.max(start, base);
      int keptEnd = Math.min(start + wider.length, base + chunks.length);
      System.arraycopy(chunks, kept - base, wider, kept - start, keptEnd - kept);
    }
    chunks = wider;
    base = start;
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
    from.normalise();
    carryBefore(from.count);
    if (from.low < from.high) {
      touch(from.low, from.high);
    }
    for (int i = from.low; i < from.high; i++) {
      chunks[i - base] += from.chunk(i);
    }
    count += from.count;
    carriedAt = UNKNOWN;
    nans += from.nans;
    positiveInfinities += from.positiveInfinities;
    negativeInfinities += from.negativeInfinities;
  }

  /**
   * Takes in a sum of finite numbers.
   *
   * @param more how many they are
   */
  void merge(long more, Magnitude sum) {
    carryBefore(more);
    count += more;
    carriedAt = UNKNOWN;
    for (int i = sum.base(); i < sum.end(); i++) {
      long digit = sum.digit(i);
      // Zeros touch no chunk, since each that is touched is looked at.
      if (digit != 0) {
        touch(i, i + 1);
        chunks[i - base] += sum.isNegative() ? -digit : digit;
      }
    }
  }

  /** Moves carries up where they are due already, or would be among so many more. */
  private void carryBefore(long more) {
    if ((count & (ADDITIONS_BETWEEN_CARRIES - 1)) == 0
        || (count ^ (count + more)) >= ADDITIONS_BETWEEN_CARRIES) {
      normalise();
    }
  }

  /** Takes out what {@code part} holds of this sum. */
  void subtract(ExactSum part) {
    normalise();
    part.normalise();
    if (part.low < part.high) {
      touch(part.low, part.high);
    }
    for (int i = part.low; i < part.high; i++) {
      chunks[i - base] -= part.chunk(i);
    }
    count -= part.count;
    carriedAt = UNKNOWN;
    nans -= part.nans;
    positiveInfinities -= part.positiveInfinities;
    negativeInfinities -= part.negativeInfinities;
  }

  /** Brings the chunks to the form that {@link #carry} leaves, if they are not in it. */
  private void normalise() {
    if (count != carriedAt) {
      carry();
    }
  }

  /** Leaves every chunk in [0, 2^32) but the highest touched, which has 32 bits with its sign. */
  private void carry() {
    long added = count - carriedAt;
    carriedAt = count;
    if (window.length > 0) {
      emptyWindow();
    }
    if (low >= high) {
      return;
    }
    moveUp();
    if (added == ADDITIONS_BETWEEN_CARRIES) {
      openWindow();
    } else if (added < WINDOW) {
      window = NONE;
    }
  }

  /** The largest numbers, which most are near to, have the upper half of the window. */
  private void openWindow() {
    lowestExponent = Math.max(1, Math.min((high - 1) * 32 + 1, 0x7FF) - WINDOW);
    if (window.length == 0) {
      window = new long[WINDOW];
    }
  }

  private void emptyWindow() {
    for (int i = 0; i < window.length; i++) {
      long fractions = window[i];
      if (fractions != 0) {
        window[i] = 0;
        int unit = lowestExponent + i - 1;
        int chunk = unit >>> 5;
        int shift = unit & 31;
        touch(chunk, chunk + 3);
        int at = chunk - base;
        chunks[at] += (fractions << shift) & LOW;
        chunks[at + 1] += (fractions >> (32 - shift)) & LOW;
        chunks[at + 2] += fractions >> 1 >> (63 - shift);
      }
    }
  }

  private void moveUp() {
    long moving = 0;
    for (int i = low; ; i++) {
      if (i == high) {
        touch(i, i + 1);
      }
      long sum = chunk(i) + moving;
      if (i == high - 1 && (sum == (int) sum || i == CHUNKS - 1)) {
        chunks[i - base] = sum;
        return;
      }
      chunks[i - base] = sum & LOW;
      moving = sum >> 32;
    }
  }

  @Override
  public double total() {
    double special = special(nans, positiveInfinities, negativeInfinities);
    if (special != 0) {
      return special;
    }
    requireInChunks();
    return low < high && high - low <= Magnitude.FEW
        ? Magnitude.rounded(touched(0), touched(1), touched(2), touched(3), low)
        : magnitude().rounded();
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
    requireInChunks();
    return low < high ? Magnitude.of(digits(low, high), low) : Magnitude.of(new long[0], 0);
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
    sum.mergeEncoded(in);
    return sum;
  }

  /** Takes in what {@link #encode} wrote. */
  void mergeEncoded(ByteReader in) {
    long more = in.readCount();
    carryBefore(more);
    count += more;
    carriedAt = UNKNOWN;
    long head = in.readCount();
    boolean negative = (head & 1) != 0;
    boolean special = (head & 2) != 0;
    long bytes = head >>> 2;
    if (bytes > 0) {
      addDigits(in, more, bytes, negative);
    } else if (negative) {
      throw in.wrong("a zero carries a sign");
    }
    long finite = more;
    if (special) {
      long ofNans = readAtMost(finite, in);
      finite -= ofNans;
      long ofPositive = readAtMost(finite, in);
      finite -= ofPositive;
      long ofNegative = readAtMost(finite, in);
      finite -= ofNegative;
      nans += ofNans;
      positiveInfinities += ofPositive;
      negativeInfinities += ofNegative;
    }
    if ((special && finite == more) || (bytes > 0 && finite == 0)) {
      throw in.wrong("the counts do not fit the sum");
    }
  }

  private static long readAtMost(long most, ByteReader in) {
    long read = in.readCount();
    if (read > most) {
      throw in.wrong("more numbers are special than there are");
    }
    return read;
  }

  private void addDigits(ByteReader in, long more, long bytes, boolean negative) {
    long first = in.readCount();
    int most = (Magnitude.BITS_OF_THE_LARGEST + 64 - Long.numberOfLeadingZeros(more) + 7) / 8;
    if (first >= most || bytes > most - first) {
      throw in.wrong("the sum is too large for what was added");
    }
    int end = (int) (first + bytes);
    int chunk = (int) first >>> 2;
    touch(chunk, ((end - 1) >>> 2) + 1);
    if (bytes <= Long.BYTES) {
      addFewDigits(in, (int) first, (int) bytes, negative ? -1 : 1);
      return;
    }
    long digits = 0;
    for (int i = (int) first; i < end; i++) {
      long digit = in.readByte();
      if (digit == 0 && (i == first || i == end - 1)) {
        throw in.wrong("a sum takes more bytes than it needs");
      }
      digits |= digit << ((i & 3) * 8);
      if ((i & 3) == 3 || i == end - 1) {
        chunks[chunk++ - base] += negative ? -digits : digits;
        digits = 0;
      }
    }
  }

  /** A number of up to eight bytes, over the three chunks that it reaches at most. */
  private void addFewDigits(ByteReader in, int first, int bytes, int sign) {
    long digits = in.readLowestFirst(bytes);
    if ((digits & 0xFF) == 0 || digits >>> (Byte.SIZE * (bytes - 1)) == 0) {
      throw in.wrong("a sum takes more bytes than it needs");
    }
    int at = (first >>> 2) - base;
    int shift = (first & 3) * Byte.SIZE;
    int over = ((first + bytes - 1) >>> 2) - (first >>> 2);
    long lower = digits << shift;
    chunks[at] += sign * (lower & LOW);
    if (over > 0) {
      chunks[at + 1] += sign * (lower >>> 32);
    }
    if (over > 1) {
      chunks[at + 2] += sign * (digits >>> (Long.SIZE - shift));
    }
  }
}
