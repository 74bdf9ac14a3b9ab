package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;

/**
 * An estimate of how many different values there were, after P. Flajolet et al., "HyperLogLog"
 * (2007), read by the improved raw estimator of O. Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches" (2017), which has no tables and no thresholds. With <i>m</i> registers the
 * standard error is {@code 1.04 / sqrt(m)} of the number; the hash has 64 bits.
 *
 * <pre>
 *   hash      1011 0000 0010 ....      the upper bits choose a register,
 *   register  11, at least 7           which keeps the longest run of zeros after them, + 1
 * </pre>
 *
 * The registers are maxima, so that order and repetition leave no trace. Bytes: how many registers
 * are not 0; then, where that is under half, the distance to each and its value, and else all.
 */
final class HyperLogLog {
  private static final double ALPHA = 0.7213475204444817;
  private final int precision;
  private final byte[] registers;
  private final ByteWriter value = new ByteWriter();

  HyperLogLog(int precision) {
    this.precision = precision;
    this.registers = new byte[1 << precision];
  }

  /** Where the next value's bytes are to be written. */
  ByteWriter next() {
    value.clear();
    return value;
  }

  /** Takes in the value whose bytes were written. */
  void add() {
    long hash = hash(value);
    int register = (int) (hash >>> (64 - precision));
    int run = Math.min(Long.numberOfLeadingZeros(hash << precision), 64 - precision) + 1;
    registers[register] = (byte) Math.max(registers[register], run);
  }

  /** FNV-1a of 64 bits, finished as MurmurHash3 is so that every bit depends on every byte. */
  private static long hash(ByteWriter value) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < value.size(); i++) {
      hash = (hash ^ (value.at(i) & 0xFF)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  void merge(HyperLogLog from) {
    for (int i = 0; i < registers.length; i++) {
      registers[i] = (byte) Math.max(registers[i], from.registers[i]);
    }
  }

  /** Ertl's algorithm 6: only additions, products and square roots, the same on every machine. */
  long estimate() {
    int longest = 64 - precision;
    int[] registersOf = new int[longest + 2];
    for (byte register : registers) {
      registersOf[register]++;
    }
    double m = registers.length;
    double sum = m * tau(1 - registersOf[longest + 1] / m);
    for (int run = longest; run >= 1; run--) {
      sum = 0.5 * (sum + registersOf[run]);
    }
    sum += m * sigma(registersOf[0] / m);
    return Math.round(ALPHA * m * m / sum);
  }

  private static double sigma(double share) {
    if (share == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = share;
    double weight = 1;
    double sum = x;
    for (double before = -1; before != sum; weight += weight) {
      x *= x;
      before = sum;
      sum += x * weight;
    }
    return sum;
  }

  private static double tau(double share) {
    if (share == 0 || share == 1) {
      return 0;
    }
    double x = share;
    double weight = 1;
    double sum = 1 - x;
    for (double before = -1; before != sum; ) {
      x = Math.sqrt(x);
      before = sum;
      weight *= 0.5;
      sum -= (1 - x) * (1 - x) * weight;
    }
    return sum / 3;
  }

  private int used() {
    int used = 0;
    for (byte register : registers) {
      used += register == 0 ? 0 : 1;
    }
    return used;
  }

  void encode(ByteWriter out) {
    int used = used();
    out.writeUnsigned(used);
    if (2 * used >= registers.length) {
      out.writeRaw(registers, 0, registers.length);
      return;
    }
    int next = 0;
    for (int i = 0; i < registers.length; i++) {
      if (registers[i] != 0) {
        out.writeUnsigned(i - next);
        out.writeByte(registers[i]);
        next = i + 1;
      }
    }
  }

  static HyperLogLog decode(int precision, ByteReader in) {
    HyperLogLog read = new HyperLogLog(precision);
    long used = in.readCount();
    int size = read.registers.length;
    boolean all = 2 * used >= size;
    int next = 0;
    for (long i = 0; i < (all ? size : used); i++) {
      long place = next + (all ? 0 : in.readCount());
      int run = in.readByte();
      if (place < 0 || place >= size || run > 65 - precision || (run == 0 && !all)) {
        throw in.wrong("a register is none");
      }
      read.registers[(int) place] = (byte) run;
      next = (int) place + 1;
    }
    if (used > size || read.used() != used) {
      throw in.wrong("the registers in use are not as many as announced");
    }
    return read;
  }
}
