package dev.millrace.transforms.window;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.aggregation.MarkReader;
import dev.millrace.transforms.aggregation.MarkedAggregation;
import dev.millrace.transforms.aggregation.SumReaders;
import dev.millrace.transforms.problem.MillraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value that is merged from tiles, and the accumulator that it is read from: the same for all
 * that accumulate the same, so that a sum, its average and its count take the place of one.
 */
record TileValue(WindowedAggregation of, TilePart<?> part, Reader reader) {
  /** Reads a value from an accumulator of the part. */
  interface Reader {
    @Nullable Object present(Object accumulator, long time);
  }

  /** The values of these windows, in their order. */
  static List<TileValue> all(List<WindowedAggregation> windows) {
    List<TileValue> all = new ArrayList<>();
    for (WindowedAggregation each : windows) {
      all.add(sumCountedBy(each, windows).flatMap(sum -> count(each, sum)).orElse(of(each)));
    }
    return List.copyOf(all);
  }

  private static TileValue of(WindowedAggregation window) {
    return new TileValue(window, TilePart.of(window), reader(window.aggregation()));
  }

  @SuppressWarnings("unchecked")
  private static <AccT> Reader reader(Aggregation<AccT> aggregation) {
    return (accumulator, time) -> aggregation.present((AccT) accumulator, time);
  }

  /** A sum of what a count is of, over each window of that count: then it is there in each tile. */
  private static Optional<WindowedAggregation> sumCountedBy(
      WindowedAggregation count, List<WindowedAggregation> windows) {
    if (!count.call().function().equals("count")) {
      return Optional.empty();
    }
    List<WindowedAggregation> sums =
        windows.stream()
            .filter(each -> each.call().inputs().equals(count.call().inputs()))
            .filter(each -> SumReaders.sumOf(each.aggregation()).isPresent())
            .toList();
    boolean everywhere =
        windows.stream()
            .filter(each -> each.call().equals(count.call()))
            .allMatch(each -> sums.stream().anyMatch(sum -> sum.window().equals(each.window())));
    return everywhere ? sums.stream().findFirst() : Optional.empty();
  }

  private static Optional<TileValue> count(WindowedAggregation count, WindowedAggregation sum) {
    return SumReaders.sumOf(sum.aggregation())
        .flatMap(marked -> countReader(marked))
        .map(reader -> new TileValue(count, TilePart.of(sum), reader));
  }

  @SuppressWarnings("unchecked")
  private static <AccT> Optional<Reader> countReader(MarkedAggregation<AccT> sum) {
    Optional<MarkReader<AccT>> count = SumReaders.reader("count", sum);
    return count.map(reader -> (accumulator, time) -> reader.present((AccT) accumulator, time));
  }

  /** The value; a failure names the feature. */
  @Nullable Object present(Object accumulator, long time) {
    try {
      return reader.present(accumulator, time);
    } catch (MillraceException noValue) {
      throw noValue.of("feature '" + of.feature() + "'");
    }
  }
}
