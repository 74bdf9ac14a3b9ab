package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.Decimal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Moments answer to the textbook's formulas in {@link BigDecimal} of 300 digits. */
class MomentsTest {
  private static final MathContext DIGITS = new MathContext(300, RoundingMode.HALF_EVEN);
  private static final DecimalType PRICE = new DecimalType(30, 4);

  @Test
  void presentsWhatAPersonWouldWorkOut() {
    assertThat(of("population_variance", 1, 2, 3, 4)).isEqualTo(1.25);
    assertThat(of("sample_variance", 1e8, 1e8 + 1, 1e8 + 2)).isEqualTo(1.0);
    assertThat(of("population_stddev", 2, 4, 4, 4, 5, 5, 7, 9)).isEqualTo(2.0);
    assertThat(of("sample_stddev", 1, 3)).isEqualTo(Math.sqrt(2));
    assertThat(of("skewness", 0, 0, 3)).isEqualTo(Math.sqrt(0.5));
    assertThat(of("skewness", 0, 0, -3)).isEqualTo(-Math.sqrt(0.5));
    assertThat(of("kurtosis", -1, 1)).isEqualTo(-2.0);
    assertThat(of("kurtosis", 0, 0, 0, 4)).isEqualTo(-2.0 / 3);
    assertThat(pairs("population_covariance", "1 1|2 2|3 3")).isEqualTo(2.0 / 3);
    assertThat(pairs("sample_covariance", "1 2|2 4|3 6")).isEqualTo(2.0);
    assertThat(pairs("correlation", "1 6|2 4|3 2")).isEqualTo(-1.0);
  }

  @Test
  void undefinedIsNullAndWhatIsNotFiniteGivesNaN() {
    assertThat(of("population_variance")).isNull();
    assertThat(of("population_variance", 5)).isEqualTo(0.0);
    assertThat(of("sample_variance", 5)).isNull();
    assertThat(of("skewness", 5, 5)).isNull();
    assertThat(of("kurtosis", 5, 5)).isNull();
    assertThat(pairs("correlation", "1 5|2 5")).isNull();
    assertThat(of("population_stddev", 1, Double.POSITIVE_INFINITY)).isEqualTo(Double.NaN);
    assertThat(pairs("sample_covariance", "1 NaN|2 5")).isEqualTo(Double.NaN);
  }

  @Test
  void agreesOnNumbersOfEveryType() {
    Random random = new Random(1);
    check(PrimitiveType.INT, random::nextInt, 150);
    check(PrimitiveType.LONG, () -> random.nextLong() >> random.nextInt(64), 150);
    check(PrimitiveType.LONG, () -> Long.MIN_VALUE + random.nextInt(2), 50);
    check(PrimitiveType.FLOAT, () -> finite(Float.intBitsToFloat(random.nextInt())), 150);
    check(PRICE, () -> decimal(random.nextLong() + "." + random.nextInt(10_000)), 100);
    check(PRICE, () -> decimal("98765432109876543210987654." + random.nextInt(10)), 100);
  }

  @Test
  void agreesOnDoublesThatCancelUnderflowAndOverflow() {
    Random random = new Random(2);
    check(PrimitiveType.DOUBLE, () -> 1e8 + random.nextInt(5), 150);
    check(PrimitiveType.DOUBLE, () -> 1e16 + random.nextGaussian(), 150);
    check(PrimitiveType.DOUBLE, random::nextGaussian, 200);
    check(PrimitiveType.DOUBLE, () -> Double.longBitsToDouble(random.nextLong() >>> 12), 100);
    check(PrimitiveType.DOUBLE, () -> 1e-300 * random.nextGaussian(), 100);
    check(PrimitiveType.DOUBLE, () -> 1e150 * random.nextGaussian(), 100);
    check(PrimitiveType.DOUBLE, () -> finite(Double.longBitsToDouble(random.nextLong())), 100);
  }

  private static void check(DataType type, Supplier<?> values, int cases) {
    for (int i = 0; i < cases; i++) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      List<BigDecimal> left = new ArrayList<>();
      List<BigDecimal> right = new ArrayList<>();
      for (int j = new Random(i).nextInt(8) + 2; j > 0; j--) {
        Object x = values.get();
        Object y = values.get();
        rows.add(Arrays.asList(x, y));
        left.add(exact(x));
        right.add(exact(y));
      }
      int n = rows.size();
      BigDecimal sxx = deviations(left, left);
      BigDecimal syy = deviations(right, right);
      BigDecimal sxy = deviations(left, right);
      checkOne("population_variance", type, rows, over(sxx, n));
      checkOne("sample_variance", type, rows, over(sxx, n - 1));
      checkOne("population_stddev", type, rows, root(over(sxx, n)));
      checkOne("sample_stddev", type, rows, root(over(sxx, n - 1)));
      checkOne("population_covariance", type, rows, over(sxy, n));
      checkOne("sample_covariance", type, rows, over(sxy, n - 1));
      if (sxx.signum() != 0) {
        BigDecimal third = over(deviations(left, left, left), n);
        BigDecimal variance = over(sxx, n);
        checkOne("skewness", type, rows, third.divide(root(variance.pow(3)), DIGITS));
        BigDecimal fourth = over(deviations(left, left, left, left), n);
        BigDecimal kurtosis = fourth.divide(variance.pow(2), DIGITS);
        checkOne("kurtosis", type, rows, kurtosis.subtract(BigDecimal.valueOf(3)));
      }
      if (sxx.signum() != 0 && syy.signum() != 0) {
        checkOne("correlation", type, rows, sxy.divide(root(sxx.multiply(syy)), DIGITS));
      }
    }
  }

  private static void checkOne(
      String function, DataType type, List<List<@Nullable Object>> rows, BigDecimal expected) {
    // The oracle's last digits may be off; what is a tie or whole is so after 280 of its 300.
    double rounded = expected.round(new MathContext(280)).doubleValue() + 0.0;
    assertThat(present(function, type, rows)).as("%s of %s", function, rows).isEqualTo(rounded);
  }

  /** The sum of the products of each row's distances from the means. */
  @SafeVarargs
  private static BigDecimal deviations(List<BigDecimal>... columns) {
    int n = columns[0].size();
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < n; i++) {
      BigDecimal product = BigDecimal.ONE;
      for (List<BigDecimal> column : columns) {
        BigDecimal total = column.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        product = product.multiply(column.get(i).multiply(BigDecimal.valueOf(n)).subtract(total));
      }
      sum = sum.add(product);
    }
    return sum.divide(BigDecimal.valueOf(n).pow(columns.length), DIGITS);
  }

  private static BigDecimal over(BigDecimal sum, int n) {
    return sum.divide(BigDecimal.valueOf(n), DIGITS);
  }

  private static BigDecimal root(BigDecimal value) {
    return value.sqrt(DIGITS);
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Decimal decimal
        ? decimal.toJavaBigDecimal()
        : value instanceof Long whole
            ? BigDecimal.valueOf(whole)
            : new BigDecimal(((Number) value).doubleValue());
  }

  private static Decimal decimal(String text) {
    return Decimal.apply(new BigDecimal(text), PRICE.precision(), PRICE.scale());
  }

  private static double finite(double value) {
    return Math.abs(value) <= Double.MAX_VALUE ? value : 1;
  }

  private static float finite(float value) {
    return Math.abs(value) <= Float.MAX_VALUE ? value : 1;
  }

  private static @Nullable Object of(String function, double... values) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (double value : values) {
      rows.add(Collections.singletonList(value));
    }
    return present(function, PrimitiveType.DOUBLE, rows);
  }

  private static @Nullable Object pairs(String function, String pairs) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String pair : pairs.split("\\|", -1)) {
      int gap = pair.indexOf(' ');
      rows.add(
          Arrays.asList(
              Double.parseDouble(pair.substring(0, gap)),
              Double.parseDouble(pair.substring(gap + 1))));
    }
    return present(function, PrimitiveType.DOUBLE, rows);
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object present(
      String function, DataType type, List<List<@Nullable Object>> rows) {
    boolean two = function.endsWith("covariance") || function.equals("correlation");
    AggregateCall call = new AggregateCall(function, two ? List.of("x", "y") : List.of("x"));
    List<DataType> types = Collections.nCopies(call.inputs().size(), type);
    Aggregation<Object> aggregation = (Aggregation<Object>) Aggregations.bind(call, types);
    Object accumulator = aggregation.zero();
    rows.forEach(row -> aggregation.add(accumulator, new GenericInternalRow(row.toArray()), 0));
    return aggregation.present(accumulator, 0);
  }
}
