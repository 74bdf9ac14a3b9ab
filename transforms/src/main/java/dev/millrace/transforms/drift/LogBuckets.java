package dev.millrace.transforms.drift;

import java.util.Arrays;

/**
 * Counts of finite doubles in buckets whose width grows with the value.
 *
 * <p>A bucket is named by the top bits of a double: sign, exponent and {@value #DETAIL_BITS} bits
 * of the mantissa, so every power of two is cut into 128 equal parts. Finding it is one shift, the
 * same on every machine, where a logarithm would round differently here and there:
 *
 * <pre>
 *   value         5.02
 *   order         its bits as a long that sorts as the values do, with 0.0 and -0.0 both at 0
 *   bucket        order &gt;&gt; 45                       = 131232, page 1025, place 32
 *   low(bucket)   back from bucket &lt;&lt; 45             = 5.0
 * </pre>
 *
 * <p>A bucket holds {@code [low, next low)}, negative values too. {@code low} stands for all of it:
 * off by less than 1/128 of the value, and not at all for whole numbers up to 256. Bucket 0 holds
 * zero and what is positive and under 2^-1029.
 */
final class LogBuckets {
  static final int DETAIL_BITS = 7;

  private static final int SHIFT = 52 - DETAIL_BITS;
  private static final int PAGE_SIZE = 1 << DETAIL_BITS;
  private static final int ZERO_PAGE = 1 << 11;

  /** One page a power of two and sign, made when first needed. */
  private final long[][] pages = new long[2 * ZERO_PAGE][];

  private long total;

  static int of(double finite) {
    long bits = Double.doubleToRawLongBits(finite);
    return (int) ((bits < 0 ? Long.MIN_VALUE - bits : bits) >> SHIFT);
  }

  /** The smallest finite value of the bucket; infinite for the bucket after the last. */
  static double low(int bucket) {
    long order = (long) bucket << SHIFT;
    double low = Double.longBitsToDouble(order < 0 ? Long.MIN_VALUE - order : order);
    return Math.max(-Double.MAX_VALUE, low);
  }

  void add(int bucket) {
    page(bucket)[bucket & (PAGE_SIZE - 1)]++;
    total++;
  }

  void add(int bucket, long count) {
    total = Math.addExact(total, count);
    page(bucket)[bucket & (PAGE_SIZE - 1)] += count;
  }

  void merge(LogBuckets other) {
    for (int bucket : other.indices()) {
      add(bucket, other.count(bucket));
    }
  }

  long total() {
    return total;
  }

  long count(int bucket) {
    long[] page = pages[ZERO_PAGE + (bucket >> DETAIL_BITS)];
    return page == null ? 0 : page[bucket & (PAGE_SIZE - 1)];
  }

  /** The buckets that hold something, lowest first. */
  int[] indices() {
    int[] found = new int[16];
    int size = 0;
    for (int page = 0; page < pages.length; page++) {
      for (int place = 0; pages[page] != null && place < PAGE_SIZE; place++) {
        if (pages[page][place] != 0) {
          found = size == found.length ? Arrays.copyOf(found, 2 * size) : found;
          found[size++] = ((page - ZERO_PAGE) << DETAIL_BITS) + place;
        }
      }
    }
    return Arrays.copyOf(found, size);
  }

  private long[] page(int bucket) {
    int index = ZERO_PAGE + (bucket >> DETAIL_BITS);
    if (pages[index] == null) {
      pages[index] = new long[PAGE_SIZE];
    }
    return pages[index];
  }
}
