package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.LatestEvents;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataType;

/**
 * Gives out those of a part of the events that can be the latest at a request, so that few need be
 * shuffled and sorted.
 */
final class LatestPass {
  private LatestPass() {}

  /**
   * The events that are kept.
   *
   * @param events keys, event time, the last time that does not see it, and inputs; in any order
   */
  static Iterator<InternalRow> thin(
      Iterator<InternalRow> events,
      DataType[] keyTypes,
      List<WindowedAggregation> latest,
      RequestTimes requests) {
    UnsafeProjection keyOf = UnsafeProjection.create(keyTypes);
    LatestEvents of = requests.latest(latest);
    int keys = keyTypes.length;
    while (events.hasNext()) {
      InternalRow event = events.next();
      int number = requests.number(keyOf.apply(event));
      if (number >= 0) {
        of.add(number, event.getLong(keys), event.getLong(keys + 1), event);
      }
    }
    List<InternalRow> kept = new ArrayList<>();
    of.forEach(kept::add);
    return kept.iterator();
  }
}
