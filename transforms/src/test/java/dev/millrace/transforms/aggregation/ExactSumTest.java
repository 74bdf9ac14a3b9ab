package dev.millrace.transforms.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.bytes.ByteReader;
import dev.millrace.transforms.bytes.ByteWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sum answers to {@link BigDecimal}: exact, and rounded to nearest once, ties to even. */
class ExactSumTest {
  private static final double MAX = Double.MAX_VALUE;
  private static final double ULP = Math.ulp(MAX);
  private static final double MIN = Double.MIN_VALUE;
  private static final double HALF_OF_ONE_S_ULP = 0x1p-53;

  @Test
  void sumsRawBitPatterns() {
    Random random = new Random(11);
    check(random, 2000, () -> Double.longBitsToDouble(random.nextLong() & ~(1L << 62)));
    check(random, 300, () -> finite(random.nextLong()));
  }

  @Test
  void sumsSubnormals() {
    Random random = new Random(12);
    check(random, 2000, () -> sign(random) * Double.longBitsToDouble(random.nextLong() >>> 12));
    check(random, 500, () -> sign(random) * MIN * random.nextInt(4));
    check(random, 500, () -> sign(random) * Double.MIN_NORMAL * (1 + random.nextInt(3)));
  }

  @Test
  void sumsWhatCancels() {
    Random random = new Random(13);
    double[] few = {1e16, -1e16, 1, -1, 1e-16, -1e-16, 1e300, -1e300, MIN, -MIN};
    check(random, 3000, () -> few[random.nextInt(few.length)]);
    assertThat(sum(1e16, 1, -1e16)).isEqualTo(1.0);
    assertThat(sum(1e300, MIN, -1e300)).isEqualTo(MIN);
    assertThat(sum(0.1, 0.2, -0.3)).isEqualTo(0x1p-55);
  }

  @Test
  void sumsAcrossChunks() {
    Random random = new Random(14);
    check(random, 3000, () -> sign(random) * Math.scalb(1.0, 32 * random.nextInt(12) - 1074));
    check(random, 2000, () -> Math.scalb((double) (random.nextLong() >> 11), random.nextInt(66)));
    for (int unit = -1074; unit <= 1023; unit++) {
      double power = Math.scalb(1.0, unit);
      assertThat(sum(power, -power, -power)).as("-2^%d", unit).isEqualTo(-power);
      assertThat(sum(power, power, -power)).as("2^%d", unit).isEqualTo(power);
    }
  }

  @Test
  void sumsNegativeTotals() {
    Random random = new Random(15);
    check(random, 2000, () -> -Math.scalb(random.nextDouble(), random.nextInt(80) - 40));
    assertThat(sum(-1, 0x1p-200)).isEqualTo(-1.0);
    assertThat(sum(-1, -0x1p-53, 0x1p-200)).isEqualTo(-1.0);
    assertThat(sum(-1, -0x1p-53, -0x1p-200)).isEqualTo(Math.nextDown(-1.0));
  }

  @Test
  void roundsTiesToEven() {
    Random random = new Random(16);
    double[] ties = {1, HALF_OF_ONE_S_ULP, -HALF_OF_ONE_S_ULP, 0x1p-52, 0x1p-1074, 0x1p-106};
    check(random, 3000, () -> sign(random) * ties[random.nextInt(ties.length)]);
    assertThat(sum(1, HALF_OF_ONE_S_ULP)).isEqualTo(1.0);
    assertThat(sum(Math.nextUp(1.0), HALF_OF_ONE_S_ULP)).isEqualTo(1 + 0x1p-51);
    assertThat(sum(1, HALF_OF_ONE_S_ULP, MIN)).isEqualTo(Math.nextUp(1.0));
    assertThat(sum(1, HALF_OF_ONE_S_ULP, -MIN)).isEqualTo(1.0);
  }

  @Test
  void overflowsOnlyInTheEnd() {
    Random random = new Random(17);
    double[] large = {MAX, -MAX, ULP, ULP / 2, -ULP / 2, ULP / 4, MIN, -MIN};
    check(random, 3000, () -> large[random.nextInt(large.length)]);
    assertThat(sum(MAX, MAX, -MAX)).isEqualTo(MAX);
    assertThat(sum(MAX, MAX)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum(-MAX, -MAX)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(sum(MAX, ULP / 2)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum(MAX, ULP / 2, -MIN)).isEqualTo(MAX);
    assertThat(sum(-MAX, -ULP / 2, MIN)).isEqualTo(-MAX);
  }

  @Test
  void aSumOfZerosIsTheOneZero() {
    assertThat(bits(sum())).isZero();
    assertThat(bits(sum(-0.0, -0.0))).isZero();
    assertThat(bits(sum(0.0, -0.0))).isZero();
    assertThat(bits(sum(-MIN, MIN))).isZero();
    assertThat(encoded(of(-0.0, 5, -5))).isEqualTo(encoded(of(0.0, 0.0, 0.0)));
  }

  @Test
  void infinitiesAndNaNWin() {
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(sum(infinity, -MAX)).isEqualTo(infinity);
    assertThat(sum(-infinity, MAX, MAX)).isEqualTo(-infinity);
    assertThat(sum(infinity, 1, -infinity)).isNaN();
    assertThat(bits(sum(1, Double.longBitsToDouble(0xfff0000000000123L), infinity)))
        .isEqualTo(0x7ff8000000000000L);
  }

  @Test
  void sumsWhatCameSinceAMark() {
    Random random = new Random(20);
    double[] few = {1e16, -1e16, 1, -1, 1e300, MAX, -MAX, MIN, -MIN, Double.NaN, 1 / 0.0, -1 / 0.0};
    for (int i = 0; i < 20; i++) {
      checkSince(random, 300, () -> 60 + 15 * random.nextGaussian());
      checkSince(random, 300, () -> -random.nextDouble());
      checkSince(random, 300, () -> sign(random) * random.nextInt(1 << 20));
      checkSince(random, 100, () -> few[random.nextInt(9)]);
      checkSince(random, 100, () -> few[random.nextInt(few.length)]);
      int from = random.nextInt(2000) - 1074;
      checkSince(random, 100, () -> Math.scalb(random.nextDouble() - 0.5, from));
      checkSince(
          random, 100, () -> Math.scalb(random.nextDouble() - 0.5, from + random.nextInt(60)));
    }
    // The highest bit of every chunk, alone and over others.
    for (int unit = -1074; unit <= 1020; unit++) {
      double power = Math.scalb(1.0, unit);
      double[] turns = {power, power / 3, power, -power, -power, -power, -power / 3, power, power};
      int[] next = {0};
      checkSince(random, turns.length, () -> turns[next[0]++]);
    }
  }

  @Test
  void carriesThroughManyAdditionsAndMerges() {
    ExactSum sum = new ExactSum();
    for (int i = 0; i < 10_000; i++) {
      sum.add(Math.nextDown(0x1p-990));
    }
    assertThat(sum.total()).isEqualTo(rounded(exact(Math.nextDown(0x1p-990)), 10_000));
    for (double value : new double[] {MAX, -MAX, Math.nextDown(1.0), -MIN, -Math.nextDown(2.0)}) {
      ExactSum doubled = of(value);
      ExactSum many = new ExactSum();
      for (int i = 0; i < 3_000; i++) {
        many.merge(of(value));
      }
      assertThat(many.total()).isEqualTo(rounded(exact(value), 3_000));
      for (int i = 0; i < 62; i++) {
        doubled.merge(ExactSum.decode(new ByteReader(encoded(doubled))));
      }
      assertThat(doubled.count()).isEqualTo(1L << 62);
      assertThat(doubled.total()).isEqualTo(value * 0x1p62);
    }
  }

  @Test
  void sumsManyBetweenTwoLooks() {
    Random random = new Random(22);
    for (int top = -1080; top <= 1024; top += random.nextInt(30)) {
      int exponent = Math.min(top, 1023);
      int spread = 1 + random.nextInt(200);
      boolean rising = random.nextBoolean();
      ExactSum added = new ExactSum();
      ExactSum merged = new ExactSum();
      for (int i = 0; i < 6_000; i++) {
        int below = rising ? spread - i * spread / 6_000 : i % spread;
        double value = Math.scalb(rising ? Math.nextDown(2.0) : sign(random), exponent - below);
        if (i > 2_500 && random.nextInt(900) == 0) {
          value = Double.longBitsToDouble(random.nextLong() | (i % 2 == 0 ? 0x7FFL << 52 : 0));
        }
        added.add(value);
        merged.merge(of(value));
        int look = random.nextInt(3_000);
        if (look == 0) {
          assertThat(encoded(added)).isEqualTo(encoded(merged));
        } else if (look == 1) {
          added.subtract(of(value));
          merged.subtract(of(value));
        }
      }
      assertThat(bits(added.total())).isEqualTo(bits(merged.total()));
      assertThat(encoded(added)).isEqualTo(encoded(merged));
    }
  }

  @Test
  void mergesManyByTheirBytes() {
    Random random = new Random(21);
    double[] few = {MAX, -MAX, MIN, -MIN, 1e16, -1e16, -1, 0x1p32, -0x1p31, 60.25, Double.NaN};
    for (int kinds = 1; kinds <= few.length; kinds++) {
      ExactSum decoded = new ExactSum();
      ExactSum asBytes = new ExactSum();
      for (int i = 0; i < 5_000; i++) {
        ExactSum part = new ExactSum();
        for (int n = random.nextInt(4); n >= 0; n--) {
          part.add(few[random.nextInt(kinds)]);
        }
        decoded.merge(part);
        asBytes.mergeEncoded(new ByteReader(encoded(part)));
        if (i % 500 == 0) {
          decoded.add(1);
          asBytes.add(1);
        }
      }
      assertThat(encoded(asBytes)).isEqualTo(encoded(decoded));
      assertThat(bits(asBytes.total())).isEqualTo(bits(decoded.total()));
    }
  }

  @Test
  void aMergeMovesUpTheCarriesThatAreDue() {
    ExactSum sum = new ExactSum();
    for (int i = 0; i < 2_048; i++) {
      sum.add(1.5);
    }
    sum.merge(of(1.5));
    for (int i = 0; i < 342; i++) {
      sum.add(1.5);
    }
    assertThat(sum.total()).isEqualTo(2_391 * 1.5);
  }

  @Test
  void sumsAndMergesInAnyOrder() {
    Random random = new Random(23);
    double[] fullest = {Math.nextDown(2.0), -Math.nextDown(1.0), MAX};
    for (int round = 0; round < 60; round++) {
      double value = fullest[round % fullest.length];
      double rarely = 1.0 / (1 << random.nextInt(14));
      ExactSum sum = new ExactSum();
      while (sum.count() < 12_000) {
        boolean due = sum.count() % 1024 == 0;
        if (due ? random.nextBoolean() : random.nextDouble() < rarely) {
          ExactSum part = new ExactSum();
          for (int n = random.nextInt(20) == 0 ? 3_000 : random.nextInt(3); n >= 0; n--) {
            part.add(value);
          }
          if (random.nextBoolean()) {
            sum.merge(part);
          } else {
            sum.mergeEncoded(new ByteReader(encoded(part)));
          }
        } else {
          sum.add(value);
        }
      }
      BigDecimal exact = exact(value).multiply(BigDecimal.valueOf(sum.count()));
      assertThat(sum.total()).as("round %d", round).isEqualTo(rounded(exact, 1));
    }
  }

  @Test
  void comesBackFromTheMostThatFits() {
    ExactSum up = of(MAX);
    ExactSum down = of(-MAX);
    for (int i = 0; i < 60; i++) {
      up.merge(ExactSum.decode(new ByteReader(encoded(up))));
      down.merge(ExactSum.decode(new ByteReader(encoded(down))));
    }
    up.add(1);
    up.merge(down);
    assertThat(up.total()).isEqualTo(1.0);
  }

  @Test
  void everydayDataTakesFewBytes() {
    Random random = new Random(18);
    ExactSum prices = new ExactSum();
    ExactSum cents = new ExactSum();
    for (int i = 0; i < 100_000; i++) {
      int cent = random.nextInt(1_000_000);
      prices.add(cent / 100.0);
      cents.add(cent - 500_000);
    }
    assertThat(encoded(prices)).hasSizeLessThanOrEqualTo(32);
    assertThat(encoded(cents)).hasSizeLessThanOrEqualTo(32);
    assertThat(encoded(new ExactSum())).containsExactly(0, 0);
    assertThat(encoded(of(MIN))).containsExactly(1, 4, 0, 1);
  }

  @Test
  void refusesDamagedBytesOrTakesThemBackExactly() {
    Random random = new Random(19);
    byte[][] good = {
      encoded(of(MIN)),
      encoded(of(-1, 0x1p-60)),
      encoded(of(12.34, 0.99, 7)),
      encoded(of(MAX, MAX, -1)),
      encoded(of(Double.NaN, 1, Double.POSITIVE_INFINITY))
    };
    for (int i = 0; i < 50_000; i++) {
      byte[] from = good[random.nextInt(good.length)];
      byte[] damaged = Arrays.copyOf(from, from.length + random.nextInt(3) - 1);
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      damaged[random.nextInt(Math.min(3, damaged.length))] ^= (byte) random.nextInt(4);
      try {
        ByteReader in = new ByteReader(damaged, "sum");
        ExactSum sum = ExactSum.decode(in);
        in.finish();
        sum.add(1);
        sum.add(-1);
        sum.merge(new ExactSum());
        byte[] back = encoded(sum);
        ExactSum same = ExactSum.decode(new ByteReader(damaged));
        assertThat(encoded(same)).isEqualTo(damaged);
        assertThat(bits(sum.total())).isEqualTo(bits(same.total()));
        assertThat(ExactSum.decode(new ByteReader(back)).count()).isEqualTo(same.count() + 2);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageContaining("Cannot decode a sum");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "01 05             | they end too early",
        "00 01             | a zero carries a sign",
        "01 04 00 00       | a sum takes more bytes than it needs",
        "01 08 00 01 00    | a sum takes more bytes than it needs",
        "01 08 00 00 01    | a sum takes more bytes than it needs",
        "01 04 87 02 01    | the sum is too large for what was added",
        "01 fc ff 7f 00    | the sum is too large for what was added",
        "01 04 ff ff ff ff ff ff ff ff ff 01 01 | a count is too large",
        "00 04 00 01       | the counts do not fit the sum",
        "01 02 00 00 00    | the counts do not fit the sum",
        "01 06 00 01 01 00 00 | the counts do not fit the sum",
        "01 02 02 00 00    | more numbers are special than there are",
        "81 00 00          | a number takes more bytes than it needs",
      })
  void refusesWhatItNeverWrites(String hex, String reason) {
    byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
    assertThatThrownBy(() -> ExactSum.decode(new ByteReader(bytes)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static void check(Random random, int cases, DoubleSupplier values) {
    for (int i = 0; i < cases; i++) {
      double[] column = new double[1 + random.nextInt(12)];
      Arrays.setAll(column, ignored -> values.getAsDouble());
      BigDecimal exact =
          Arrays.stream(column).mapToObj(ExactSumTest::exact).reduce(BigDecimal::add).orElseThrow();
      assertThat(sum(column)).as(Arrays.toString(column)).isEqualTo(rounded(exact, 1));
    }
  }

  /** Marks sums of both forms before each addition, and compares with a sum of what came after. */
  private static void checkSince(Random random, int additions, DoubleSupplier values) {
    List<DoubleSum> forms = List.of(new ExactSum(), new RunningSum());
    List<ExactSum> since = new ArrayList<>();
    List<List<long[]>> marks = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < additions; i++) {
      since.add(new ExactSum());
      double value = values.getAsDouble();
      since.forEach(sum -> sum.add(value));
      int one = random.nextInt(since.size());
      for (int form = 0; form < forms.size(); form++) {
        DoubleSum all = forms.get(form);
        long[] mark = new long[80];
        assertThat(all.mark(mark, 0, mark.length)).isLessThan(mark.length);
        marks.get(form).add(mark);
        all.add(value);
        assertThat(bits(all.totalSince(marks.get(form).get(one), 0)))
            .as("form %d, %d of %d additions, %s the last", form, i - one, i, value)
            .isEqualTo(bits(since.get(one).total()));
        assertThat(all.countSince(marks.get(form).get(one), 0)).isEqualTo(since.get(one).count());
        assertThat(bits(all.total())).isEqualTo(bits(since.get(0).total()));
        assertThat(all.count()).isEqualTo(i + 1);
      }
    }
    assertThat(encoded(forms.get(1).exact())).isEqualTo(encoded(forms.get(0).exact()));
  }

  @Test
  void aRunningSumCarriesAndMovesOnWhereItIsFull() {
    Random random = new Random(25);
    double largest = Math.nextDown(0x1p27);
    for (double sign : new double[] {1, -1}) {
      int[] next = {0};
      checkSince(random, 2_000, () -> next[0]++ == 0 ? sign : sign * largest);
      checkSince(random, 2_000, () -> next[0]++ % 2 == 0 ? sign * largest : -sign * 0x1p-26);
      // As far from what it was when it was marked as it gets.
      for (int turn : new int[] {500, 511, 767, 1_023, 1_273}) {
        RunningSum all = new RunningSum();
        all.add(sign);
        ExactSum since = new ExactSum();
        long[] mark = new long[80];
        int unused = 0;
        for (int i = 0; i < 4 * turn; i++) {
          if (i == turn) {
            unused = all.mark(mark, 0, mark.length);
          }
          double value = i < turn ? sign * largest : -sign * largest;
          all.add(value);
          if (i >= turn) {
            since.add(value);
            assertThat(bits(all.totalSince(mark, 0)))
                .as("%d of %d", i, turn)
                .isEqualTo(bits(since.total()));
          }
        }
        assertThat(unused).isPositive();
      }
    }
    for (int unit = -1080; unit <= 1023; unit++) {
      double first = Math.scalb(1.0, unit);
      double[] near = {first, Math.scalb(largest, unit), -Math.scalb(1.0, unit - 26), 0.0, first};
      int[] next = {0};
      checkSince(random, near.length, () -> near[next[0]++]);
      double[] beyond = {0.0, first, Math.scalb(first, 27), first, Math.scalb(first, -27), first};
      next[0] = 0;
      checkSince(random, beyond.length, () -> beyond[next[0]++]);
    }
  }

  /**
   * Marks and looks around where carries move up and a window opens, of numbers that fill a chunk
   * most: what came in between is one sum, whatever the chunks of both were then.
   */
  @Test
  void marksHoldAcrossCarriesAndWindows() {
    marksHoldAcrossCarriesAndWindows(new ExactSum());
    marksHoldAcrossCarriesAndWindows(new RunningSum());
  }

  private static void marksHoldAcrossCarriesAndWindows(DoubleSum all) {
    Set<Integer> looks = Set.of(0, 1, 2, 127, 128, 129, 1022, 1023);
    double fullest = 0x1.fffffffffffffp0;
    List<long[]> marks = new ArrayList<>();
    List<ExactSum> since = new ArrayList<>();
    for (int i = 0; i < 7 * 1024; i++) {
      if (looks.contains(i % 1024)) {
        for (int mark = 0; mark < marks.size(); mark++) {
          assertThat(bits(all.totalSince(marks.get(mark), 0)))
              .as("mark %d after %d additions", mark, i)
              .isEqualTo(bits(since.get(mark).total()));
        }
        long[] mark = new long[80];
        int unused = all.mark(mark, 0, mark.length);
        marks.add(mark);
        since.add(new ExactSum());
      }
      // The last two blocks have no look but at their ends, so that a window opens.
      double value =
          i < 5 * 1024 ? Math.scalb(i / 1024 % 2 == 0 ? fullest : -fullest, 31 + i % 2) : i * 0.1;
      all.add(value);
      since.forEach(sum -> sum.add(value));
    }
  }

  /** The nearest double by definition: no neighbour is nearer, and of two as near the even one. */
  private static double rounded(BigDecimal value, int times) {
    BigDecimal exact = value.multiply(BigDecimal.valueOf(times));
    double near = exact.doubleValue() + 0.0;
    double best = near;
    for (double other : new double[] {Math.nextDown(near), Math.nextUp(near)}) {
      int nearer = distance(exact, other).compareTo(distance(exact, best));
      if (nearer < 0 || (nearer == 0 && (bits(other) & 1) == 0)) {
        best = other;
      }
    }
    return best;
  }

  /** Infinity stands where the next double would. */
  private static BigDecimal distance(BigDecimal exact, double value) {
    BigDecimal place =
        Double.isInfinite(value)
            ? exact(Math.copySign(MAX, value)).add(exact(Math.copySign(ULP, value)))
            : exact(value);
    boolean beyond = Double.isInfinite(value) && exact.abs().compareTo(place.abs()) > 0;
    return beyond ? BigDecimal.ZERO : exact.subtract(place).abs();
  }

  private static BigDecimal exact(double value) {
    return new BigDecimal(value);
  }

  private static double finite(long bits) {
    double value = Double.longBitsToDouble(bits);
    return Math.abs(value) <= MAX ? value : finite(bits * 31 + 7);
  }

  private static double sign(Random random) {
    return random.nextBoolean() ? 1 : -1;
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static ExactSum of(double... values) {
    ExactSum sum = new ExactSum();
    for (double value : values) {
      sum.add(value);
    }
    return sum;
  }

  private static double sum(double... values) {
    return of(values).total();
  }

  private static byte[] encoded(ExactSum sum) {
    ByteWriter out = new ByteWriter();
    sum.encode(out);
    return out.toBytes();
  }
}
