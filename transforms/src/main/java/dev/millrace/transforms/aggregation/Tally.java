package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.DataType;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * How often each value was seen, of at most a bound of different values. One value more, and only
 * that there were too many is kept, whatever is added after: the number of different values never
 * falls, so that in every order the same rows are too many.
 *
 * <p>Bytes: how many different values, or the bound + 1 and no more; then each in the order of its
 * canonical bytes, followed by how often it was seen - 1 where that is counted.
 */
final class Tally {
  private final SortedMap<byte[], Long> seen = new TreeMap<>(Arrays::compareUnsigned);
  private boolean tooMany;

  /** What is tallied. */
  record Kind(String call, DataType type, int bound, boolean counted)
      implements java.io.Serializable {
    void add(Tally tally, SpecializedGetters row, int ordinal) {
      if (!tally.tooMany && !row.isNullAt(ordinal)) {
        add(tally, Values.bytes(type, Values.read(type, row, ordinal)), 1);
      }
    }

    private void add(Tally tally, byte[] value, long times) {
      tally.seen.merge(value, counted ? times : 1, (a, b) -> counted ? a + b : 1);
      if (tally.seen.size() > bound) {
        tally.tooMany = true;
        tally.seen.clear();
      }
    }

    void merge(Tally into, Tally from) {
      if (from.tooMany) {
        into.tooMany = true;
        into.seen.clear();
      }
      if (!into.tooMany) {
        for (byte[] value : from.seen.keySet()) {
          if (!into.tooMany) {
            add(into, value, from.times(value));
          }
        }
      }
    }

    /**
     * The values and how often each was seen.
     *
     * @throws MillraceException if there were more different values than the bound
     */
    SortedMap<byte[], Long> seen(Tally tally) {
      if (tally.tooMany) {
        throw MillraceException.because(
            call + " has more than " + bound + " different values",
            "it is exact, and keeps every one up to its bound",
            "Raise the bound, or shorten the window; approx_count_distinct has no bound");
      }
      return tally.seen;
    }

    Object value(byte[] bytes) {
      return Values.decode(type, new ByteReader(bytes));
    }

    void encode(Tally tally, ByteWriter out) {
      out.writeUnsigned(tally.tooMany ? bound + 1L : tally.seen.size());
      tally.seen.forEach(
          (value, times) -> {
            out.writeRaw(value, 0, value.length);
            if (counted) {
              out.writeUnsigned(times - 1);
            }
          });
    }

    Tally decode(ByteReader in) {
      Tally tally = new Tally();
      long size = in.readCount();
      if (size > bound + 1L) {
        throw in.wrong("more different values than the bound of " + bound);
      }
      tally.tooMany = size > bound;
      for (long i = 0; i < size && !tally.tooMany; i++) {
        byte[] value = Values.bytes(type, Values.decode(type, in));
        if (i > 0 && Arrays.compareUnsigned(tally.seen.lastKey(), value) >= 0) {
          throw in.wrong("values are not in order");
        }
        tally.seen.put(value, counted ? times(in) : 1L);
      }
      return tally;
    }
  }

  private static long times(ByteReader in) {
    long before = in.readCount();
    if (before == Long.MAX_VALUE) {
      throw in.wrong("a count is too large");
    }
    return before + 1;
  }

  private long times(byte[] value) {
    Long times = seen.get(value);
    return times == null ? 0 : times;
  }
}
