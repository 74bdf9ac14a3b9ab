package dev.millrace.transforms.window;

import dev.millrace.transforms.expression.CatalystTypes;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.Schema;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.StructType;

/**
 * Evaluates windowed aggregations over one key's events. The caller asks for values in the order of
 * time, and brings each event before it first asks at a time that sees it: a value asked for at
 * <i>t</i> sees the events before <i>t</i> and not those at it, so at equal times the caller asks
 * first. How the events are kept does not change a bit of the values.
 */
public sealed interface KeyWindows permits AnyOrderWindows, SlidingWindows {
  /**
   * The windows of events that come in the order of their time, or in any.
   *
   * @param inOrder whether no event is brought after one of a later time
   */
  static KeyWindows over(List<WindowedAggregation> windows, boolean inOrder) {
    return inOrder ? new SlidingWindows(windows) : new AnyOrderWindows(windows);
  }

  /** A row for {@link #present} that holds the values, from 0 on, without boxes. */
  InternalRow row();

  /** Forgets every event, for the next key. */
  void clear();

  /** Takes in an event; {@code time} is in microseconds. */
  void add(long time, SpecializedGetters event);

  /**
   * Gives the values at a time, in the order of the windows.
   *
   * @param into takes them from {@code offset} on
   */
  void present(long time, InternalRow into, int offset);

  /** Whether no window at the time last asked for holds an event. */
  boolean isEmpty();

  /** The types of the values. */
  static StructType types(List<WindowedAggregation> windows) {
    return CatalystTypes.toCatalyst(
        new Schema(
            IntStream.range(0, windows.size())
                .mapToObj(i -> new Column("value_" + i, windows.get(i).aggregation().resultType()))
                .toList()));
  }
}
