package dev.millrace.transforms.aggregation;

import java.util.Optional;

/**
 * What may be read from the accumulators of a sum: it, the average and the count of the same input,
 * so that a kernel which is asked for several of them keeps one.
 */
public final class SumReaders {
  private SumReaders() {}

  /** Names the accumulators of the sum of a call's inputs. */
  public static String accumulates(AggregateCall call) {
    return new AggregateCall("sum", call.inputs()).toString();
  }

  /** The sum whose accumulators are an aggregation's own, where there is one that has marks. */
  public static Optional<MarkedAggregation<?>> sumOf(Aggregation<?> aggregation) {
    Aggregation<?> sum = aggregation instanceof Average<?> average ? average.sum() : aggregation;
    return sum instanceof SumAggregation<?> of && of.hasMarks()
        ? Optional.of(of)
        : Optional.empty();
  }

  /** The function's reader, of a sum that {@link #sumOf} gave and the same input. */
  public static <AccT> Optional<MarkReader<AccT>> reader(
      String function, MarkedAggregation<AccT> sum) {
    if (!(sum instanceof SumAggregation<AccT> of)) {
      return Optional.empty();
    }
    return switch (function) {
      case "sum" -> Optional.of(of);
      case "avg" -> Optional.of(new Average<>(of));
      case "count" -> Optional.of(new SumCount<>(of));
      default -> Optional.empty();
    };
  }
}
