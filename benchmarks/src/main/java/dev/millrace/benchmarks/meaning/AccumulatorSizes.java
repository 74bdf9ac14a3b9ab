package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** How long the accumulator of a sum of everyday doubles is. */
final class AccumulatorSizes {
  private static final int[] COUNTS = {1, 10, 1_000, 100_000, 1_000_000};

  private AccumulatorSizes() {}

  /** The most bytes for sums of 1 to a million prices, delays, shares and normal variates. */
  static int most() {
    Random random = new Random(3);
    List<DoubleSupplier> everyday =
        List.of(
            () -> Math.round(Math.exp(3 + 2 * random.nextGaussian()) * 100) / 100.0,
            () -> random.nextInt(2000) - 100,
            random::nextDouble,
            random::nextGaussian);
    int most = 0;
    for (DoubleSupplier values : everyday) {
      for (int count : COUNTS) {
        most =
            Math.max(
                most,
                bytes(
                    Aggregations.bind(Aggregations.sum("x"), List.of(PrimitiveType.DOUBLE)),
                    values,
                    count));
      }
    }
    return most;
  }

  private static <AccT> int bytes(Aggregation<AccT> aggregation, DoubleSupplier values, int count) {
    AccT accumulator = aggregation.zero();
    ValueRow row = new ValueRow();
    for (int i = 0; i < count; i++) {
      row.value = values.getAsDouble();
      aggregation.add(accumulator, row, 0);
    }
    ByteWriter out = new ByteWriter();
    aggregation.encode(accumulator, out);
    return out.toBytes().length;
  }
}
