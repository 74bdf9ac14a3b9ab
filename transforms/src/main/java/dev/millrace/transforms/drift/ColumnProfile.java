package dev.millrace.transforms.drift;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;

/**
 * What one numeric column held: how many rows, how many of them null, NaN or infinite, the smallest
 * and largest value, and how the finite values are spread.
 *
 * <p>A commutative monoid: a new profile is the zero, {@link #merge} is associative and
 * commutative, and {@link #encode} gives equal bytes for equal content, whatever the order of
 * adding and merging. {@code -0.0} is {@code 0.0}, and all NaN are one.
 *
 * <p>The spread is kept as counts in logarithmic buckets, as in DDSketch (Masson, Rim and Lee, VLDB
 * 2019), with the bucket taken from the bits of the double (their fast mapping, linear between
 * powers of two). Any value read back is below the true one by less than {@link #RELATIVE_ERROR} of
 * its magnitude; whole numbers up to 256 come back exactly. Under 2.2e-308 the error is absolute,
 * and under 2e-310. Size: about 16 KB and 1 KB for each power of two seen in memory, two or three
 * bytes a used bucket encoded.
 *
 * <p>Mutable, and not safe for use by several threads: give each its own and merge.
 */
public final class ColumnProfile {
  /** The bound on the error of {@link #quantile}, relative to the true value: 1/128, under 1 %. */
  public static final double RELATIVE_ERROR = 1.0 / (1 << LogBuckets.DETAIL_BITS);

  final LogBuckets buckets = new LogBuckets();
  long nulls;
  long nan;
  long negativeInfinities;
  long positiveInfinities;
  double min = Double.POSITIVE_INFINITY;
  double max = Double.NEGATIVE_INFINITY;

  /** Counts one row with this value; any double will do. */
  public void add(double value) {
    if (Math.abs(value) <= Double.MAX_VALUE) {
      buckets.add(LogBuckets.of(value));
      if (value < min) {
        min = value + 0.0;
      }
      if (value > max) {
        max = value + 0.0;
      }
    } else if (Double.isNaN(value)) {
      nan++;
    } else if (value < 0) {
      negativeInfinities++;
    } else {
      positiveInfinities++;
    }
  }

  /** Counts one row without a value. */
  public void addNull() {
    nulls++;
  }

  /** Takes in all that {@code other} counted; {@code other} stays as it is. */
  public void merge(ColumnProfile other) {
    buckets.merge(other.buckets);
    nulls = Math.addExact(nulls, other.nulls);
    nan = Math.addExact(nan, other.nan);
    negativeInfinities = Math.addExact(negativeInfinities, other.negativeInfinities);
    positiveInfinities = Math.addExact(positiveInfinities, other.positiveInfinities);
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
  }

  /** The rows counted, by kind. */
  public ColumnCounts counts() {
    return new ColumnCounts(finite(), nulls, nan, negativeInfinities, positiveInfinities);
  }

  /** How many rows held a finite value. */
  public long finite() {
    return buckets.total();
  }

  /** The share of rows that say nothing, null or NaN, in [0, 1]; 0 for a profile of no rows. */
  public double nullShare() {
    return counts().nullShare();
  }

  /**
   * The value with {@code floor(q * (n - 1))} of the {@code n} finite values before it in order: 0
   * gives the exact minimum, 1 the exact maximum, and all between are off by less than {@link
   * #RELATIVE_ERROR} of the true value.
   *
   * @throws IllegalArgumentException if {@code q} is not in [0, 1]
   * @throws IllegalStateException if there is no finite value
   */
  public double quantile(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("Cannot take quantile " + q + ": it must be in [0, 1].");
    }
    if (finite() == 0) {
      throw new IllegalStateException(
          "Cannot take a quantile: the profile has no finite value among its "
              + counts().rows()
              + " rows. Ask finite() first.");
    }
    return q == 1 ? max : finiteAfter((long) (q * (finite() - 1)));
  }

  /**
   * The finite value with {@code before} others before it in order, with the error of {@link
   * #quantile}; the last one is exact, and so is the first.
   *
   * @param before 0 or more, and less than {@link #finite}
   */
  public double finiteAfter(long before) {
    if (before == finite() - 1) {
      return max;
    }
    long after = before;
    for (int bucket : buckets.indices()) {
      after -= buckets.count(bucket);
      if (after < 0) {
        return Math.min(max, Math.max(min, LogBuckets.low(bucket)));
      }
    }
    return max;
  }

  /** The canonical bytes: equal content gives equal bytes, on every machine. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter();
    ColumnProfileBytes.write(this, out);
    return out.toBytes();
  }

  /**
   * The profile that {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are not exactly what {@code encode} writes
   */
  public static ColumnProfile decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, "column profile");
    ColumnProfile profile = ColumnProfileBytes.read(in);
    in.finish();
    return profile;
  }
}
