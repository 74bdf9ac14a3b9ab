package dev.millrace.transforms.window;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A queue of marks by time, oldest first, in a ring that grows. */
final class MarkQueue<MarkT> {
  private long[] times = new long[8];
  private @Nullable Object[] marks = new Object[8];
  private int head;
  private int size;

  void clear() {
    Arrays.fill(marks, null);
    head = 0;
    size = 0;
  }

  void add(long time, MarkT mark) {
    if (size == times.length) {
      grow();
    }
    int at = (head + size++) & (times.length - 1);
    times[at] = time;
    marks[at] = mark;
  }

  void dropBefore(long time) {
    while (size > 0 && times[head] < time) {
      marks[head] = null;
      head = (head + 1) & (times.length - 1);
      size--;
    }
  }

  @SuppressWarnings("unchecked")
  @Nullable MarkT first() {
    return size == 0 ? null : (MarkT) marks[head];
  }

  private void grow() {
    int kept = times.length - head;
    long[] longerTimes = new long[times.length * 2];
    Object[] longerMarks = new Object[times.length * 2];
    System.arraycopy(times, head, longerTimes, 0, kept);
    System.arraycopy(times, 0, longerTimes, kept, head);
    System.arraycopy(marks, head, longerMarks, 0, kept);
    System.arraycopy(marks, 0, longerMarks, kept, head);
    times = longerTimes;
    marks = longerMarks;
    head = 0;
  }
}
