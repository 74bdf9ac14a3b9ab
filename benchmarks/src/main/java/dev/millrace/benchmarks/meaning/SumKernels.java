package dev.millrace.benchmarks.meaning;

import dev.millrace.transforms.aggregation.Aggregation;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.PrimitiveType;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Sums of 10^7 doubles and of their squares, exact and plain. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SumKernels {
  private static final int COUNT = 10_000_000;

  private final double[] values = new Random(1).doubles(COUNT, -1000, 1000).toArray();
  private final Aggregation<?> sum =
      Aggregations.bind(Aggregations.sum("x"), List.of(PrimitiveType.DOUBLE));
  private final Aggregation<?> variance =
      Aggregations.bind(Aggregations.populationVariance("x"), List.of(PrimitiveType.DOUBLE));

  @Benchmark
  public @Nullable Object exactSum() {
    return exactSum(sum);
  }

  private <AccT> @Nullable Object exactSum(Aggregation<AccT> aggregation) {
    AccT accumulator = aggregation.zero();
    ValueRow row = new ValueRow();
    for (double value : values) {
      row.value = value;
      aggregation.add(accumulator, row, 0);
    }
    return aggregation.present(accumulator, 0);
  }

  @Benchmark
  public double plainSum() {
    double total = 0;
    for (double value : values) {
      total += value;
    }
    return total;
  }

  /**
   * Each square as two doubles that are it exactly: rounded, and the rest by fused multiply-add.
   */
  @Benchmark
  public @Nullable Object exactSquares() {
    return exactSquares(sum);
  }

  private <AccT> @Nullable Object exactSquares(Aggregation<AccT> aggregation) {
    AccT accumulator = aggregation.zero();
    ValueRow row = new ValueRow();
    for (double value : values) {
      double square = value * value;
      row.value = square;
      aggregation.add(accumulator, row, 0);
      row.value = Math.fma(value, value, -square);
      aggregation.add(accumulator, row, 0);
    }
    return aggregation.present(accumulator, 0);
  }

  /** The exact sums of the numbers and of their squares, which a variance is made of. */
  @Benchmark
  public @Nullable Object exactVariance() {
    return exactSum(variance);
  }

  @Benchmark
  public double plainSquares() {
    double total = 0;
    for (double value : values) {
      total += value * value;
    }
    return total;
  }
}
