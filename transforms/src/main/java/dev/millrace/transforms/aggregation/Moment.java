package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigInteger;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.jspecify.annotations.Nullable;

/**
 * A moment of one column, from its exact power sums, rounded once. With the sums <i>s1</i>,
 * <i>s2</i>, ... of <i>n</i> numbers and their powers, and <i>d = n s2 - s1²</i>:
 *
 * <pre>
 *   variance    d / n²                                    or d / (n (n - 1)) of a sample
 *   skewness    (n² s3 - 3 n s1 s2 + 2 s1³) / d^1.5       null where d is 0
 *   kurtosis    (n³ s4 - 4 n² s1 s3 + 6 n s1² s2 - 3 s1⁴) / d² - 3
 * </pre>
 */
record Moment(DataType input, Kind kind) implements GroupAggregation<PowerSums> {
  enum Kind {
    POPULATION_VARIANCE(2),
    SAMPLE_VARIANCE(2),
    POPULATION_STDDEV(2),
    SAMPLE_STDDEV(2),
    SKEWNESS(3),
    KURTOSIS(4);

    private final int powers;

    Kind(int powers) {
      this.powers = powers;
    }

    private boolean isOfSample() {
      return this == SAMPLE_VARIANCE || this == SAMPLE_STDDEV;
    }
  }

  @Override
  public PowerSums zero() {
    return new PowerSums(kind.powers);
  }

  @Override
  public void add(PowerSums accumulator, SpecializedGetters row, int ordinal) {
    if (row.isNullAt(ordinal)) {
      return;
    }
    if (input == PrimitiveType.DOUBLE) {
      accumulator.add(row.getDouble(ordinal));
    } else {
      UnitNumber number = UnitNumber.read(input, row, ordinal);
      if (accumulator.count(number.finite())) {
        ExactPowers.add(accumulator.sums, number);
      }
    }
  }

  @Override
  public void merge(PowerSums into, PowerSums from) {
    into.merge(from);
  }

  @Override
  public void subtract(PowerSums from, PowerSums part) {
    from.subtract(part);
  }

  @Override
  public @Nullable Object present(PowerSums accumulator, long time) {
    if (accumulator.count() < (kind.isOfSample() ? 2 : 1)) {
      return null;
    }
    if (!accumulator.allFinite()) {
      return Double.NaN;
    }
    BigInteger n = BigInteger.valueOf(accumulator.count());
    PowerSums.Totals s = accumulator.totals(1, 2, 3, 4);
    BigInteger spread = n.multiply(s.of(1)).subtract(s.of(0).pow(2));
    BigInteger least = kind.isOfSample() ? n.subtract(BigInteger.ONE) : n;
    return switch (kind) {
      case POPULATION_VARIANCE, SAMPLE_VARIANCE -> variance(spread, n.multiply(least), s).rounded();
      case POPULATION_STDDEV, SAMPLE_STDDEV -> variance(spread, n.multiply(least), s).root();
      case SKEWNESS -> spread.signum() == 0 ? null : (Object) skewness(n, s, spread);
      case KURTOSIS -> spread.signum() == 0 ? null : (Object) kurtosis(n, s, spread);
    };
  }

  private ExactRatio variance(BigInteger spread, BigInteger denominator, PowerSums.Totals s) {
    return UnitNumber.value(spread, denominator, 2 * s.bits(), input, input);
  }

  private static double skewness(BigInteger n, PowerSums.Totals s, BigInteger spread) {
    BigInteger third =
        n.pow(2)
            .multiply(s.of(2))
            .subtract(times(3, n).multiply(s.of(0)).multiply(s.of(1)))
            .add(times(2, s.of(0).pow(3)));
    return new ExactRatio(ExactRatio.signed(third), spread.pow(3), 0).root();
  }

  private static double kurtosis(BigInteger n, PowerSums.Totals s, BigInteger spread) {
    BigInteger fourth =
        n.pow(3)
            .multiply(s.of(3))
            .subtract(times(4, n.pow(2)).multiply(s.of(0)).multiply(s.of(2)))
            .add(times(6, n).multiply(s.of(0).pow(2)).multiply(s.of(1)))
            .subtract(times(3, s.of(0).pow(4)));
    BigInteger square = spread.pow(2);
    return new ExactRatio(fourth.subtract(times(3, square)), square, 0).rounded();
  }

  private static BigInteger times(long factor, BigInteger number) {
    return number.multiply(BigInteger.valueOf(factor));
  }

  @Override
  public void encode(PowerSums accumulator, ByteWriter out) {
    accumulator.encode(out);
  }

  @Override
  public PowerSums decode(ByteReader in) {
    return PowerSums.decode(kind.powers, in);
  }

  @Override
  public String accumulates(AggregateCall call) {
    return new AggregateCall("powers", call.inputs(), List.of("" + kind.powers)).toString();
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.DOUBLE;
  }
}
