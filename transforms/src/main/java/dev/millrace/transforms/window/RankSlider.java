package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.RankedAggregation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** The lowest and the highest of one input, whose rank is read once for both. */
final class RankSlider implements Slider {
  private final RankedAggregation<?> ranks;
  private final int ordinal;
  private final WindowTails tails;
  private final RankQueue[] queues;

  /** Whether a hop of any window began since the last input. */
  private boolean newHop;

  /**
   * @param places where the values of each go
   */
  RankSlider(Map<RankedAggregation<?>, Places> places, int ordinal, WindowTails tails) {
    this.ranks = places.keySet().iterator().next();
    this.ordinal = ordinal;
    this.tails = tails;
    List<RankQueue> made = new ArrayList<>();
    places.forEach((aggregation, of) -> made.add(new RankQueue(aggregation, tails, of)));
    this.queues = made.toArray(RankQueue[]::new);
  }

  @Override
  public void clear() {
    newHop = false;
    for (RankQueue queue : queues) {
      queue.clear();
    }
  }

  @Override
  public void add(long time, SpecializedGetters row) {
    newHop |= tails.newHop();
    if (row.isNullAt(ordinal)) {
      return;
    }
    long rank = ranks.rank(row, ordinal);
    for (RankQueue queue : queues) {
      queue.add(time, rank, newHop);
    }
    newHop = false;
  }

  @Override
  public void present(long time, InternalRow into, int offset) {
    for (RankQueue queue : queues) {
      queue.present(into, offset);
    }
  }
}
