package dev.millrace.transforms.window;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Marks by time, oldest first, in a ring that grows. Positions count from the first mark since the
 * queue was cleared; those from {@link #head} to before {@link #end} are there.
 */
final class MarkQueue<MarkT> {
  private long[] times = new long[8];
  private @Nullable Object[] marks = new Object[8];
  private long head;
  private long end;

  void clear() {
    Arrays.fill(marks, null);
    head = 0;
    end = 0;
  }

  void add(long time, MarkT mark) {
    if (end - head == times.length) {
      grow();
    }
    times[at(end)] = time;
    marks[at(end)] = mark;
    end++;
  }

  long head() {
    return head;
  }

  long end() {
    return end;
  }

  /** The first position from {@code from} on whose time is not before {@code time}. */
  long find(long from, long time) {
    long position = Math.max(from, head);
    while (position < end && times[at(position)] < time) {
      position++;
    }
    return position;
  }

  @SuppressWarnings({"unchecked", "NullAway"})
  MarkT mark(long position) {
    return (MarkT) marks[at(position)];
  }

  void dropTo(long position) {
    while (head < position) {
      marks[at(head++)] = null;
    }
  }

  private int at(long position) {
    return (int) position & (times.length - 1);
  }

  private void grow() {
    long[] longerTimes = new long[times.length * 2];
    Object[] longerMarks = new Object[times.length * 2];
    for (long i = head; i < end; i++) {
      int to = (int) i & (longerTimes.length - 1);
      longerTimes[to] = times[at(i)];
      longerMarks[to] = marks[at(i)];
    }
    times = longerTimes;
    marks = longerMarks;
  }
}
