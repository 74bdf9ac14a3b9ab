package dev.millrace.pipelines.spark;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.array.ByteArrayMethods;

/**
 * Numbers keys from 0 on, as they come. Keys lie one after another in one array and are found by
 * open addressing, since to look each of many events up is to wait for memory.
 */
final class KeyNumbers implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int NONE = -1;

  /** A key's hash, and its number, in one word; 0 where there is none. */
  private long[] table = new long[16];

  private byte[] bytes = new byte[256];

  /** Where each key's bytes begin, and after the last where they end. */
  private int[] starts = new int[9];

  private int size;

  int size() {
    return size;
  }

  /** The number of a key; a new one where it has none. */
  int number(UnsafeRow key) {
    int hash = key.hashCode();
    int at = place(key, hash);
    if (table[at] != 0) {
      return number(table[at]);
    }
    table[at] = entry(hash, size);
    append(key);
    if (size * 2 > table.length) {
      grow();
    }
    return size - 1;
  }

  /** The number of a key; negative where it has none. */
  int find(UnsafeRow key) {
    long entry = table[place(key, key.hashCode())];
    return entry == 0 ? NONE : number(entry);
  }

  /** Where a key is in the table, or would be. */
  private int place(UnsafeRow key, int hash) {
    int mask = table.length - 1;
    int at = hash & mask;
    while (table[at] != 0 && !(hash(table[at]) == hash && is(number(table[at]), key))) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private boolean is(int number, UnsafeRow key) {
    int length = key.getSizeInBytes();
    return starts[number + 1] - starts[number] == length
        && ByteArrayMethods.arrayEquals(
            bytes,
            Platform.BYTE_ARRAY_OFFSET + (long) starts[number],
            key.getBaseObject(),
            key.getBaseOffset(),
            length);
  }

  private void append(UnsafeRow key) {
    int end = Math.addExact(starts[size], key.getSizeInBytes());
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, 2L * end));
    }
    key.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + (long) starts[size]);
    size++;
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
    }
    starts[size] = end;
  }

  private void grow() {
    long[] old = table;
    table = new long[old.length * 2];
    int mask = table.length - 1;
    for (long entry : old) {
      if (entry != 0) {
        int at = hash(entry) & mask;
        while (table[at] != 0) {
          at = (at + 1) & mask;
        }
        table[at] = entry;
      }
    }
  }

  private static long entry(int hash, int number) {
    return (long) hash << 32 | (number + 1);
  }

  private static int hash(long entry) {
    return (int) (entry >>> 32);
  }

  private static int number(long entry) {
    return (int) entry - 1;
  }
}
