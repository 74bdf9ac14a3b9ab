package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.math.BigInteger;

/**
 * How many rows there were, how many of them had a number that is not finite, and exact sums over
 * the finite ones. Its bytes are those counts and then each sum's.
 */
final class PowerSums {
  final ExactUnits[] sums;
  private long count;
  private long special;

  PowerSums(int size) {
    sums = new ExactUnits[size];
    for (int i = 0; i < size; i++) {
      sums[i] = new ExactUnits();
    }
  }

  /** Counts a row, and says whether its numbers can be summed. */
  boolean count(boolean finite) {
    count++;
    if (!finite) {
      special++;
    }
    return finite;
  }

  long count() {
    return count;
  }

  boolean allFinite() {
    return special == 0;
  }

  BigInteger[] totals() {
    BigInteger[] totals = new BigInteger[sums.length];
    for (int i = 0; i < sums.length; i++) {
      totals[i] = sums[i].total();
    }
    return totals;
  }

  void merge(PowerSums from) {
    count += from.count;
    special += from.special;
    for (int i = 0; i < sums.length; i++) {
      sums[i].merge(from.sums[i]);
    }
  }

  void subtract(PowerSums part) {
    count -= part.count;
    special -= part.special;
    for (int i = 0; i < sums.length; i++) {
      sums[i].subtract(part.sums[i]);
    }
  }

  void encode(ByteWriter out) {
    out.writeUnsigned(count);
    out.writeUnsigned(special);
    for (ExactUnits sum : sums) {
      sum.encode(out);
    }
  }

  static PowerSums decode(int size, ByteReader in) {
    PowerSums read = new PowerSums(size);
    read.count = in.readCount();
    read.special = in.readCount();
    if (read.special > read.count) {
      throw in.wrong("more numbers are special than there are");
    }
    for (int i = 0; i < size; i++) {
      read.sums[i] = ExactUnits.decode(in);
      if (read.special == read.count && read.sums[i].total().signum() != 0) {
        throw in.wrong("a sum of no numbers is not zero");
      }
    }
    return read;
  }
}
