package dev.millrace.transforms.drift;

/**
 * The byte form of a {@link ColumnProfile}.
 *
 * <pre>
 *   1                                             the form's version
 *   nulls nan negativeInfinities positiveInfinities   varints
 *   buckets                                       varint, how many hold something; if any:
 *   min max                                       doubles, big-endian
 *   first bucket (zigzag), then distance - 1 to the next, each followed by its count - 1
 * </pre>
 */
final class ColumnProfileBytes {
  private static final int VERSION = 1;

  private ColumnProfileBytes() {}

  static void write(ColumnProfile profile, ByteWriter out) {
    out.one(VERSION);
    out.varint(profile.nulls);
    out.varint(profile.nan);
    out.varint(profile.negativeInfinities);
    out.varint(profile.positiveInfinities);
    int[] buckets = profile.buckets.indices();
    out.varint(buckets.length);
    if (buckets.length == 0) {
      return;
    }
    out.fixed(profile.min);
    out.fixed(profile.max);
    out.varint((buckets[0] << 1 ^ buckets[0] >> 31) & 0xFFFFFFFFL);
    for (int i = 0; i < buckets.length; i++) {
      if (i > 0) {
        out.varint(buckets[i] - buckets[i - 1] - 1);
      }
      out.varint(profile.buckets.count(buckets[i]) - 1);
    }
  }

  static ColumnProfile read(ByteReader in) {
    int version = in.one();
    if (version != VERSION) {
      throw in.wrong("version " + version + " is not known, only " + VERSION);
    }
    ColumnProfile profile = new ColumnProfile();
    profile.nulls = in.varint();
    profile.nan = in.varint();
    profile.negativeInfinities = in.varint();
    profile.positiveInfinities = in.varint();
    long size = in.varint();
    if (size > 0) {
      readValues(profile, size, in);
    }
    try {
      profile.counts().rows();
    } catch (ArithmeticException e) {
      throw in.wrong("the counts add up to more than a long holds");
    }
    return profile;
  }

  private static void readValues(ColumnProfile profile, long size, ByteReader in) {
    profile.min = in.fixed();
    profile.max = in.fixed();
    if (!(Math.abs(profile.min) <= Double.MAX_VALUE && Math.abs(profile.max) <= Double.MAX_VALUE)) {
      throw in.wrong("the smallest or largest value is not finite");
    }
    long zigzag = in.varint();
    long bucket = zigzag >>> 1 ^ -(zigzag & 1);
    int first = LogBuckets.of(profile.min);
    int last = LogBuckets.of(profile.max);
    if (bucket != first || profile.min > profile.max) {
      throw in.wrong("the smallest value is not in the first bucket");
    }
    addCount(profile, first, in);
    for (long i = 1; i < size; i++) {
      long step = in.varint();
      if (step >= last - bucket) {
        throw in.wrong("a bucket lies above the largest value");
      }
      bucket += step + 1;
      addCount(profile, (int) bucket, in);
    }
    if (bucket != last) {
      throw in.wrong("the largest value is not in the last bucket");
    }
    boolean negativeZero = profile.min == 0 && 1 / profile.min < 0;
    if (negativeZero || (profile.max == 0 && 1 / profile.max < 0)) {
      throw in.wrong("a zero carries a sign");
    }
  }

  private static void addCount(ColumnProfile profile, int bucket, ByteReader in) {
    try {
      profile.buckets.add(bucket, Math.addExact(in.varint(), 1L));
    } catch (ArithmeticException e) {
      throw in.wrong("the counts add up to more than a long holds");
    }
  }
}
