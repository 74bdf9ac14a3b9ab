package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

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

  /** Adds a number and its powers, without a {@link UnitNumber} for each. */
  void add(double value) {
    long bits = Double.doubleToRawLongBits(value);
    if (count(UnitNumber.isFinite(bits))) {
      ExactPowers.add(sums, bits >> 63, UnitNumber.size(bits), UnitNumber.bit(bits));
    }
  }

  long count() {
    return count;
  }

  boolean allFinite() {
    return special == 0;
  }

  /**
   * The sums in units that are {@code 2^bits} as large, to keep them short: as many bits as can be
   * taken off all of them.
   *
   * @param degrees of how many numbers each sum's products are
   */
  Totals totals(int... degrees) {
    BigInteger[] totals = new BigInteger[sums.length];
    int bits = Integer.MAX_VALUE;
    for (int i = 0; i < sums.length; i++) {
      totals[i] = sums[i].total();
      if (totals[i].signum() != 0) {
        bits = Math.min(bits, totals[i].getLowestSetBit() / degrees[i]);
      }
    }
    List<BigInteger> shorter = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      shorter.add(totals[i].signum() == 0 ? totals[i] : totals[i].shiftRight(bits * degrees[i]));
    }
    return new Totals(shorter, bits == Integer.MAX_VALUE ? 0 : bits);
  }

  /** Sums, each in units of {@code 2^(bits degree)}. */
  record Totals(List<BigInteger> sums, int bits) {
    BigInteger of(int sum) {
      return sums.get(sum);
    }
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
