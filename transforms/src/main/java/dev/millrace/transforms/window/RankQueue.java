package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.RankedAggregation;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The highest rank of each window, from one queue that all windows share: an event is dropped from
 * it as soon as one that is not lower comes, since it can be no window's value any more; and one
 * that is lower than another of the same hop of every window is not taken in. So ranks fall from
 * the oldest to the newest, and a window's value is the oldest in it.
 *
 * <pre>
 *   ranks      5 1 4 2 3
 *   queue      5   4   3       a window from the second event on has 4
 * </pre>
 *
 * Positions count from the first event of the key; a ring holds those from {@code head} on.
 */
final class RankQueue {
  private final RankedAggregation<?> aggregation;

  /** Turns the order of ranks round for the lowest: all bits, or none. */
  private final long flip;

  private final WindowTails tails;
  private final Places places;

  /** The position of each window's oldest entry when it was last asked for. */
  private final long[] firsts;

  private long[] times = new long[8];
  private long[] ranks = new long[8];
  private long head;
  private long end;

  /** The least {@link #end} since the windows were last asked for. */
  private long leastEnd;

  /** Whether a hop of any window began since the newest entry. */
  private boolean newHop;

  private boolean any;
  private long highest;

  RankQueue(RankedAggregation<?> aggregation, WindowTails tails, Places places) {
    this.aggregation = aggregation;
    this.flip = aggregation.isLowest() ? -1 : 0;
    this.tails = tails;
    this.places = places;
    this.firsts = new long[tails.size()];
  }

  void clear() {
    head = 0;
    end = 0;
    leastEnd = 0;
    newHop = false;
    any = false;
    Arrays.fill(firsts, 0);
  }

  /**
   * Takes in an input.
   *
   * @param hop whether a hop of any window began since the input before it
   */
  void add(long time, long ofInput, boolean hop) {
    newHop |= hop;
    long rank = ofInput ^ flip;
    highest = any ? Math.max(highest, rank) : rank;
    any = true;
    long above = end;
    while (above > head && ranks[at(above - 1)] <= rank) {
      above--;
    }
    boolean lowerInItsHop = above == end && above > head && !newHop;
    if (!lowerInItsHop) {
      end = above;
      leastEnd = Math.min(leastEnd, above);
      push(time, rank);
      newHop = false;
    }
  }

  private void push(long time, long rank) {
    if (end - head == times.length) {
      makeRoom();
    }
    times[at(end)] = time;
    ranks[at(end)] = rank;
    end++;
  }

  void present(InternalRow into, int offset) {
    long oldest = end;
    for (int place = 0; place < places.size(); place++) {
      int i = places.window(place);
      int to = offset + places.ordinal(place);
      if (tails.isLifetime(i)) {
        put(any, highest, into, to);
        continue;
      }
      long first = Math.max(head, Math.min(firsts[i], leastEnd));
      long start = tails.start(i);
      while (first < end && times[at(first)] < start) {
        first++;
      }
      firsts[i] = first;
      oldest = Math.min(oldest, first);
      put(first < end, ranks[at(first)], into, to);
    }
    head = oldest;
    leastEnd = end;
  }

  private void put(boolean known, long rank, InternalRow into, int ordinal) {
    if (known) {
      aggregation.present(rank ^ flip, into, ordinal);
    } else {
      into.setNullAt(ordinal);
    }
  }

  private int at(long position) {
    return (int) position & (times.length - 1);
  }

  private void makeRoom() {
    while (head < end && times[at(head)] < tails.keepFrom()) {
      head++;
    }
    if (end - head < times.length) {
      return;
    }
    long[] longerTimes = new long[times.length * 2];
    long[] longerRanks = new long[times.length * 2];
    for (long i = head; i < end; i++) {
      int to = (int) i & (longerTimes.length - 1);
      longerTimes[to] = times[at(i)];
      longerRanks[to] = ranks[at(i)];
    }
    times = longerTimes;
    ranks = longerRanks;
  }
}
