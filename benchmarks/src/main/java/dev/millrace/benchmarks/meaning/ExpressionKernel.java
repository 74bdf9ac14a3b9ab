package dev.millrace.benchmarks.meaning;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Add;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Divide;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.GreaterThan;
import org.apache.spark.sql.catalyst.expressions.Multiply;
import org.apache.spark.sql.catalyst.expressions.Subtract;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataTypes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import scala.collection.JavaConverters;

/**
 * One row through {@code (a + b) * c - d / a > b}, compiled by Catalyst from the tree that the
 * analyser gives for columns of doubles.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExpressionKernel {
  private static final int ROWS = 1000;

  private final InternalRow[] rows = rows();
  private final UnsafeProjection projection = compiled();

  private static InternalRow[] rows() {
    Random random = new Random(1);
    return IntStream.range(0, ROWS)
        .mapToObj(i -> new GenericInternalRow(random.doubles(4, 1, 2).boxed().toArray()))
        .toArray(InternalRow[]::new);
  }

  private static UnsafeProjection compiled() {
    Expression a = column(0);
    Expression b = column(1);
    Expression left =
        new Subtract(new Multiply(new Add(a, b), column(2)), new Divide(column(3), a));
    Expression five = new GreaterThan(left, b);
    return UnsafeProjection.create(
        JavaConverters.asScalaBuffer(java.util.List.<Expression>of(five)).toList());
  }

  private static Expression column(int ordinal) {
    return new BoundReference(ordinal, DataTypes.DoubleType, true);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void fiveOperators(Blackhole out) {
    for (InternalRow row : rows) {
      out.consume(projection.apply(row).getBoolean(0));
    }
  }
}
