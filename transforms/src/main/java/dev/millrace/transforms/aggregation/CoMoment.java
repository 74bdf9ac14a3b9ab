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
 * How two columns move together, from exact sums over the rows where neither is null, rounded once:
 *
 * <pre>
 *   covariance     (n sxy - sx sy) / n²      or / (n (n - 1)) of a sample
 *   correlation    (n sxy - sx sy) / sqrt((n sxx - sx²) (n syy - sy²))      null where one is 0
 * </pre>
 */
record CoMoment(DataType left, DataType right, Kind kind) implements GroupAggregation<PowerSums> {
  enum Kind {
    POPULATION_COVARIANCE,
    SAMPLE_COVARIANCE,
    CORRELATION
  }

  private static final int X = 0;
  private static final int Y = 1;
  private static final int XY = 2;
  private static final int XX = 3;
  private static final int YY = 4;

  private int sums() {
    return kind == Kind.CORRELATION ? 5 : 3;
  }

  @Override
  public PowerSums zero() {
    return new PowerSums(sums());
  }

  @Override
  public void add(PowerSums accumulator, SpecializedGetters row, int ordinal) {
    if (row.isNullAt(ordinal) || row.isNullAt(ordinal + 1)) {
      return;
    }
    UnitNumber x = UnitNumber.read(left, row, ordinal);
    UnitNumber y = UnitNumber.read(right, row, ordinal + 1);
    if (accumulator.count(x.finite() && y.finite())) {
      ExactUnits[] sums = accumulator.sums;
      ExactPowers.addItself(sums[X], x);
      ExactPowers.addItself(sums[Y], y);
      ExactPowers.addProduct(sums[XY], x, y);
      if (kind == Kind.CORRELATION) {
        ExactPowers.addProduct(sums[XX], x, x);
        ExactPowers.addProduct(sums[YY], y, y);
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
    if (accumulator.count() < (kind == Kind.SAMPLE_COVARIANCE ? 2 : 1)) {
      return null;
    }
    if (!accumulator.allFinite()) {
      return Double.NaN;
    }
    BigInteger n = BigInteger.valueOf(accumulator.count());
    PowerSums.Totals s = accumulator.totals(1, 1, 2, 2, 2);
    BigInteger together = n.multiply(s.of(XY)).subtract(s.of(X).multiply(s.of(Y)));
    if (kind == Kind.CORRELATION) {
      BigInteger spreads =
          n.multiply(s.of(XX))
              .subtract(s.of(X).pow(2))
              .multiply(n.multiply(s.of(YY)).subtract(s.of(Y).pow(2)));
      return spreads.signum() == 0
          ? null
          : (Object) new ExactRatio(ExactRatio.signed(together), spreads, 0).root();
    }
    BigInteger least = kind == Kind.SAMPLE_COVARIANCE ? n.subtract(BigInteger.ONE) : n;
    return UnitNumber.value(together, n.multiply(least), 2 * s.bits(), left, right).rounded();
  }

  @Override
  public void encode(PowerSums accumulator, ByteWriter out) {
    accumulator.encode(out);
  }

  @Override
  public PowerSums decode(ByteReader in) {
    return PowerSums.decode(sums(), in);
  }

  @Override
  public String accumulates(AggregateCall call) {
    return new AggregateCall("products", call.inputs(), List.of("" + sums())).toString();
  }

  @Override
  public DataType resultType() {
    return PrimitiveType.DOUBLE;
  }
}
