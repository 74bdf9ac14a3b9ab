package dev.millrace.pipelines.spark;

import dev.millrace.transforms.window.LatestEvents;
import dev.millrace.transforms.window.WindowedAggregation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
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
    Map<UnsafeRow, LatestEvents> byKey = new HashMap<>();
    while (events.hasNext()) {
      InternalRow event = events.next();
      UnsafeRow key = keyOf.apply(event);
      LatestEvents of = byKey.get(key);
      if (of == null) {
        long[] times = requests.of(key);
        if (times == null) {
          continue;
        }
        of = new LatestEvents(latest, times);
        byKey.put(key.copy(), of);
      }
      of.add(event.getLong(keyTypes.length), event.getLong(keyTypes.length + 1), event);
    }
    List<InternalRow> kept = new ArrayList<>();
    byKey.values().forEach(of -> of.forEach(kept::add));
    return kept.iterator();
  }
}
