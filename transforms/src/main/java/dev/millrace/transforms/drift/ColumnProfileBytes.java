package dev.millrace.transforms.drift;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;

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
    out.writeByte(VERSION);
    out.writeUnsigned(profile.nulls);
    out.writeUnsigned(profile.nan);
    out.writeUnsigned(profile.negativeInfinities);
    out.writeUnsigned(profile.positiveInfinities);
    int[] buckets = profile.buckets.indices();
    out.writeUnsigned(buckets.length);
    if (buckets.length == 0) {
      return;
    }
    out.writeLong(Double.doubleToLongBits(profile.min));
    out.writeLong(Double.doubleToLongBits(profile.max));
    out.writeSigned(buckets[0]);
    for (int i = 0; i < buckets.length; i++) {
      if (i > 0) {
        out.writeUnsigned(buckets[i] - buckets[i - 1] - 1);
      }
      out.writeUnsigned(profile.buckets.count(buckets[i]) - 1);
    }
  }

  static ColumnProfile read(ByteReader in) {
    int version = in.readByte();
    if (version != VERSION) {
      throw in.wrong("version " + version + " is not known, only " + VERSION);
    }
    ColumnProfile profile = new ColumnProfile();
    profile.nulls = in.readCount();
    profile.nan = in.readCount();
    profile.negativeInfinities = in.readCount();
    profile.positiveInfinities = in.readCount();
    long size = in.readCount();
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
    profile.min = Double.longBitsToDouble(in.readLong());
    profile.max = Double.longBitsToDouble(in.readLong());
    if (!(Math.abs(profile.min) <= Double.MAX_VALUE && Math.abs(profile.max) <= Double.MAX_VALUE)) {
      throw in.wrong("the smallest or largest value is not finite");
    }
    long bucket = in.readSigned();
    int first = LogBuckets.of(profile.min);
    int last = LogBuckets.of(profile.max);
    if (bucket != first || profile.min > profile.max) {
      throw in.wrong("the smallest value is not in the first bucket");
    }
    addCount(profile, first, in);
    for (long i = 1; i < size; i++) {
      long step = in.readCount();
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
      profile.buckets.add(bucket, Math.addExact(in.readCount(), 1L));
    } catch (ArithmeticException e) {
      throw in.wrong("the counts add up to more than a long holds");
    }
  }
}
