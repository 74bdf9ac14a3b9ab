package dev.millrace.pipelines.spark;

import com.amazon.deequ.anomalydetection.AnomalyDetectionStrategy;
import com.amazon.deequ.anomalydetection.AnomalyDetector;
import com.amazon.deequ.anomalydetection.BatchNormalStrategy;
import com.amazon.deequ.anomalydetection.DataPoint;
import com.amazon.deequ.anomalydetection.RelativeRateOfChangeStrategy;
import dev.millrace.transforms.expectation.Bounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import scala.Option;
import scala.collection.JavaConverters;

/** Bounds of history as Deequ's strategies, which ours are held against. */
final class DeequAnomaly {
  private DeequAnomaly() {}

  /** Empty for bounds that are known without a history. */
  static Optional<AnomalyDetectionStrategy> strategy(Bounds bounds) {
    if (bounds instanceof Bounds.Deviations usual) {
      Option<Object> factor = Option.apply(usual.most());
      return Optional.of(new BatchNormalStrategy(factor, factor, false));
    }
    return bounds instanceof Bounds.Ratio ratio
        ? Optional.of(
            new RelativeRateOfChangeStrategy(
                Option.apply(ratio.least()), Option.apply(ratio.most()), 1))
        : Optional.empty();
  }

  /**
   * Whether a number is an anomaly beside earlier ones; NaN always is.
   *
   * @param earlier at least one that is no NaN
   */
  static boolean isAnomalous(
      AnomalyDetectionStrategy strategy, List<Double> earlier, double value) {
    if (Double.isNaN(value)) {
      return true;
    }
    List<DataPoint<Object>> history = new ArrayList<>();
    for (double number : earlier) {
      if (!Double.isNaN(number)) {
        history.add(point(history.size(), number));
      }
    }
    return new AnomalyDetector(strategy)
        .isNewPointAnomalous(
            JavaConverters.asScalaBuffer(history).toList(), point(history.size(), value))
        .anomalies()
        .nonEmpty();
  }

  private static DataPoint<Object> point(int time, double value) {
    return new DataPoint<>(time, Option.apply(value));
  }
}
