package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.DataType;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.Decimal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WholeSumTest {
  private static final WholeSum LONGS = new WholeSum("sum(amount)", PrimitiveType.LONG);
  private static final DecimalType WIDE = new DecimalType(38, 10);
  private static final String NINES = "9999999999999999999999999999.9999999999";

  @Test
  void aSumOfLongsBeyondSixtyFourBitsNamesTheCall() {
    assertThatThrownBy(() -> sum(LONGS, Long.MAX_VALUE, 1L))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "sum(amount) is 9223372036854775808: that does not fit bigint. "
                + "Sum a wider type, such as sum(cast(amount as double)).");
    assertThatThrownBy(() -> sum(LONGS, Long.MIN_VALUE, -1L))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("sum(amount) is -9223372036854775809: ");
  }

  @Test
  void theRemedyIsAnExpressionThatCanBeWritten() {
    WholeSum nested = new WholeSum("sum(if(a > 0, abs(b), 0))", PrimitiveType.LONG);
    assertThatThrownBy(() -> sum(nested, Long.MAX_VALUE, Long.MAX_VALUE))
        .hasMessageEndingWith("such as sum(cast(if(a > 0, abs(b), 0) as double)).");
  }

  @Test
  void anOverflowThatComesBackIsNone() {
    long most = Long.MAX_VALUE;
    assertThat(sum(LONGS, most, 1L, -1L)).isEqualTo(most);
    assertThat(sum(LONGS, most, most, most, -most, -most)).isEqualTo(most);
    assertThat(sum(LONGS, Long.MIN_VALUE, Long.MIN_VALUE, most, 2L, most)).isEqualTo(0L);
  }

  @Test
  void agreesWithBigIntegersInAnySharding() {
    Random random = new Random(5);
    for (int i = 0; i < 3_000; i++) {
      WholeSum.Total[] shards = {LONGS.zero(), LONGS.zero(), LONGS.zero()};
      BigInteger exact = BigInteger.ZERO;
      for (int j = 0; j < 9; j++) {
        long value = random.nextLong() >> random.nextInt(4);
        exact = exact.add(BigInteger.valueOf(value));
        LONGS.add(shards[random.nextInt(3)], row(value), 0);
      }
      LONGS.merge(shards[1], shards[2]);
      LONGS.merge(shards[0], shards[1]);
      assertThat(LONGS.total(shards[0])).isEqualTo(exact.doubleValue());
      if (exact.bitLength() <= 63) {
        assertThat(LONGS.present(shards[0], 0)).isEqualTo(exact.longValueExact());
      } else {
        assertThatThrownBy(() -> LONGS.present(shards[0], 0)).isInstanceOf(MillraceException.class);
      }
    }
  }

  @Test
  void intsAddUpToALong() {
    WholeSum ints = new WholeSum("sum(i)", PrimitiveType.INT);
    assertThat(sum(ints, Integer.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(4294967294L);
    assertThat(ints.resultType()).isEqualTo(PrimitiveType.LONG);
  }

  @Test
  void decimalsKeepEveryDigitAndGetTenMore() {
    DecimalType price = new DecimalType(18, 2);
    WholeSum prices = new WholeSum("sum(price)", price);
    Decimal most = decimal("9999999999999999.99", price);
    assertThat(sum(prices, most, most, decimal("0.01", price)))
        .isEqualTo(decimal("19999999999999999.99", new DecimalType(28, 2)));
    assertThat(prices.resultType()).isEqualTo(new DecimalType(28, 2));
    assertThat(sum(prices, decimal("0.10", price), decimal("-0.10", price))).hasToString("0.00");
  }

  @Test
  void decimalsBeyondThirtyEightDigitsNameTheCall() {
    WholeSum wide = new WholeSum("sum(wide)", WIDE);
    Decimal most = decimal(NINES, WIDE);
    Decimal least = decimal("0.0000000001", WIDE);
    assertThat(wide.resultType()).isEqualTo(WIDE);
    assertThatThrownBy(() -> sum(wide, most, least))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "sum(wide) is 10000000000000000000000000000.0000000000: "
                + "that does not fit decimal(38,10). "
                + "Sum a wider type, such as sum(cast(wide as double)).");
    assertThat(sum(wide, most, least, decimal("-0.0000000001", WIDE))).isEqualTo(most);
    assertThat(sum(wide, most, most, decimal("-" + NINES, WIDE))).isEqualTo(most);
  }

  @Test
  void anAverageNeedsNoRoomForItsSum() {
    Average<WholeSum.Total> average = new Average<>(LONGS);
    WholeSum.Total parts = average.zero();
    for (long value : List.of(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE)) {
      average.add(parts, row(value), 0);
    }
    assertThat(average.present(parts, 0)).isEqualTo(0x1p63);
  }

  @Test
  void noRowsAreNullAndNotZero() {
    assertThat(sum(LONGS)).isNull();
    assertThat(sum(LONGS, (Object) null)).isNull();
    assertThat(sum(LONGS, 0L)).isEqualTo(0L);
  }

  private static Decimal decimal(String text, DataType type) {
    DecimalType decimal = (DecimalType) type;
    return Decimal.apply(new BigDecimal(text), decimal.precision(), decimal.scale());
  }

  private static GenericInternalRow row(@Nullable Object value) {
    return new GenericInternalRow(new @Nullable Object[] {value});
  }

  private static @Nullable Object sum(WholeSum sum, @Nullable Object... values) {
    WholeSum.Total total = sum.zero();
    for (Object value : values) {
      sum.add(total, row(value), 0);
    }
    return sum.present(total, 0);
  }
}
