package dev.millrace.transforms.aggregation;

import java.util.Arrays;

/**
 * Which of two values comes first, in three steps: by the number or other key that ranks them, by
 * event time, by the canonical bytes of the value as unsigned numbers. Values that are equal in all
 * three are one and the same.
 *
 * @param key 1 for small keys first, -1 for large ones, 0 where there is no key
 * @param time likewise; earlier is smaller
 * @param bytes 1 or -1
 */
record RankOrder(int key, int time, int bytes) implements java.io.Serializable {
  static final RankOrder FIRST = new RankOrder(0, 1, 1);
  static final RankOrder LAST = new RankOrder(0, -1, -1);
  static final RankOrder SMALLEST = new RankOrder(1, 0, 1);
  static final RankOrder LARGEST = new RankOrder(-1, 0, 1);
  static final RankOrder OF_SMALLEST = new RankOrder(1, 1, 1);
  static final RankOrder OF_LARGEST = new RankOrder(-1, 1, 1);

  /** Whether a column beside the value ranks it. */
  boolean isByAnother() {
    return key != 0 && time != 0;
  }

  boolean isTimed() {
    return time != 0;
  }

  int compare(RankedValue a, RankedValue b) {
    int order = key == 0 ? 0 : key * Values.compare(a.key(), b.key());
    if (order == 0) {
      order = time * Long.compare(a.time(), b.time());
    }
    return order == 0 ? bytes * Arrays.compareUnsigned(a.bytes(), b.bytes()) : order;
  }
}
