package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.MarkReader;
import dev.millrace.transforms.aggregation.MarkedAggregation;
import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * Windows as differences: one accumulator takes in every event, and a mark is made of it where a
 * hop of any window begins.
 *
 * <pre>
 *   events            a   b c   d     e
 *   hops             |  . | . . | .   | .
 *   marks             0    a    abc    abcd      and now abcde
 *   from hop 3 on     abcde - abc
 * </pre>
 *
 * So an event costs one addition and at most one mark, whatever the number of windows and their
 * lengths, and of what is read from it: a sum, its average and its count share one. Marks lie in a
 * ring of longs, each as wide as the widest.
 */
final class MarkSlider<AccT> implements Slider {
  /** What is read of the accumulator, and where it goes. */
  private record Read<AccT>(MarkReader<AccT> reader, Places places) {}

  /** An empty window begins at none, nor does a lifetime. */
  private static final int NO_MARK = -1;

  private final MarkedAggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final List<Read<AccT>> reads = new ArrayList<>();

  /** Where the mark is that a window begins at, when last asked for. */
  private final int[] since;

  private long[] marks = new long[0];
  private int width;

  /** How many marks there is room for, a power of two. */
  private int room = 8;

  /** What an empty window holds. */
  private final AccT none;

  private AccT all;

  MarkSlider(MarkedAggregation<AccT> aggregation, int ordinal, WindowTails tails) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.since = new int[tails.size()];
    this.none = aggregation.zero();
    this.all = aggregation.zero();
  }

  /** Has a reader's values given too. */
  void read(MarkReader<AccT> reader, Places places) {
    reads.add(new Read<>(reader, places));
  }

  @Override
  public void clear() {
    all = aggregation.zero();
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    if (tails.newHop()) {
      long newest = tails.end() - 1;
      if (newest - tails.head() >= room) {
        makeRoom(newest, width, room * 2);
      }
      int size = aggregation.mark(all, marks, at(newest), width);
      if (size > width) {
        makeRoom(newest, size, room);
        aggregation.mark(all, marks, at(newest), width);
      }
    }
    aggregation.add(all, row, ordinal);
  }

  private void makeRoom(long newest, int wider, int longer) {
    long[] roomier = new long[wider * longer];
    for (long position = tails.head(); position < newest; position++) {
      int to = ((int) position & (longer - 1)) * wider;
      System.arraycopy(marks, at(position), roomier, to, width);
    }
    marks = roomier;
    width = wider;
    room = longer;
  }

  private int at(long position) {
    return ((int) position & (room - 1)) * width;
  }

  @Override
  public void present(long time, InternalRow into, int offset) {
    for (int window = 0; window < since.length; window++) {
      long first = tails.first(window);
      since[window] = tails.isLifetime(window) || first == tails.end() ? NO_MARK : at(first);
    }
    for (Read<AccT> read : reads) {
      for (int place = 0; place < read.places.size(); place++) {
        int window = read.places.window(place);
        int to = offset + read.places.ordinal(place);
        try {
          if (since[window] == NO_MARK) {
            AccT of = tails.isLifetime(window) ? all : none;
            Places.put(read.reader.present(of, time), into, to);
          } else {
            read.reader.presentSince(all, marks, since[window], into, to);
          }
        } catch (MillraceException noValue) {
          throw read.places.failed(place, noValue);
        }
      }
    }
  }
}
