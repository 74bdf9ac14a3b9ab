package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.LatestAggregation;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * The latest value of each window: that of all events, in every window which begins at its time or
 * before.
 */
final class LatestSlider<AccT> implements Slider {
  private static final long NEVER = Long.MIN_VALUE;

  private final LatestAggregation<AccT> aggregation;
  private final int ordinal;
  private final WindowTails tails;
  private final Places places;
  private final AccT none;
  private AccT latest;

  /** When the latest event was that has a value. */
  private long since = NEVER;

  LatestSlider(LatestAggregation<AccT> aggregation, int ordinal, WindowTails tails, Places places) {
    this.aggregation = aggregation;
    this.ordinal = ordinal;
    this.tails = tails;
    this.places = places;
    this.none = aggregation.zero();
    this.latest = aggregation.zero();
  }

  @Override
  public void clear() {
    since = NEVER;
    latest = aggregation.zero();
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    if (!row.isNullAt(ordinal)) {
      since = time;
      aggregation.add(latest, row, ordinal);
    }
  }

  @Override
  public void present(long time, InternalRow into, int offset) {
    for (int place = 0; place < places.size(); place++) {
      AccT of = since >= tails.start(places.window(place)) ? latest : none;
      Places.put(aggregation.present(of, time), into, offset + places.ordinal(place));
    }
  }
}
