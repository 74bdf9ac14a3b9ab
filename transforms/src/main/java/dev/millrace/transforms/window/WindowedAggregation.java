package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.aggregation.LatestAggregation;
import java.io.Serializable;

/**
 * One aggregation over one window, bound to where its inputs stand in a row.
 *
 * @param feature what the value is called, as messages name it
 * @param call what it was bound from; equal calls over windows of equal hop share tiles
 * @param ordinal the place of its first input
 */
public record WindowedAggregation(
    String feature, AggregateCall call, Aggregation<?> aggregation, int ordinal, Window window)
    implements Serializable {
  /** Whether the value is that of the latest event alone. */
  public boolean isLatest() {
    return aggregation instanceof LatestAggregation<?> latest && latest.isLatest();
  }

  /** Definitions have found such a window already. */
  void requireWindow() {
    window
        .problem("feature '" + feature + "'")
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem.message());
            });
  }
}
