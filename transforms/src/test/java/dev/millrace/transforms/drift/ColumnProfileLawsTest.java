package dev.millrace.transforms.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The profile is a commutative monoid with one byte form. */
class ColumnProfileLawsTest {

  @Provide
  Arbitrary<List<Double>> columns() {
    Arbitrary<Double> special =
        Arbitraries.of(
            0.0,
            -0.0,
            Double.NaN,
            Double.longBitsToDouble(0x7ff8000000000123L),
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            -Double.MIN_VALUE,
            Double.MIN_NORMAL,
            -Double.MIN_NORMAL,
            Double.MAX_VALUE,
            -Double.MAX_VALUE);
    Arbitrary<Double> anyBits = Arbitraries.longs().map(Double::longBitsToDouble);
    Arbitrary<Double> whole = Arbitraries.integers().between(-300, 300).map(i -> (double) i);
    return Arbitraries.oneOf(special, anyBits, whole).injectNull(0.1).list().ofMaxSize(60);
  }

  @Property
  void mergeIsAssociative(
      @ForAll("columns") List<Double> a,
      @ForAll("columns") List<Double> b,
      @ForAll("columns") List<Double> c) {
    assertThat(merged(merged(of(a), of(b)), of(c)).encode())
        .isEqualTo(merged(of(a), merged(of(b), of(c))).encode());
  }

  @Property
  void mergeIsCommutative(@ForAll("columns") List<Double> a, @ForAll("columns") List<Double> b) {
    assertThat(merged(of(a), of(b)).encode()).isEqualTo(merged(of(b), of(a)).encode());
  }

  @Property
  void aNewProfileIsTheIdentity(@ForAll("columns") List<Double> a) {
    assertThat(merged(of(a), new ColumnProfile()).encode()).isEqualTo(of(a).encode());
    assertThat(merged(new ColumnProfile(), of(a)).encode()).isEqualTo(of(a).encode());
  }

  @Property
  void anyOrderAndShardingGivesTheSameBytes(
      @ForAll("columns") List<Double> values,
      @ForAll @IntRange(min = 1, max = 7) int shards,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Double> shuffled = new ArrayList<>(values);
    Collections.shuffle(shuffled, random);
    List<List<Double>> parts = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      parts.add(new ArrayList<>());
    }
    shuffled.forEach(value -> parts.get(random.nextInt(shards)).add(value));
    ColumnProfile whole = new ColumnProfile();
    parts.forEach(part -> whole.merge(ColumnProfile.decode(of(part).encode())));
    assertThat(whole.encode()).isEqualTo(of(values).encode());
  }

  @Property
  void decodeTakesBackWhatEncodeWrote(@ForAll("columns") List<Double> values) {
    ColumnProfile profile = of(values);
    ColumnProfile back = ColumnProfile.decode(profile.encode());
    assertThat(back.encode()).isEqualTo(profile.encode());
    assertThat(back.counts()).isEqualTo(profile.counts());
    assertThat(back.finite() == 0 || back.quantile(0.5) == profile.quantile(0.5)).isTrue();
  }

  @Property
  void everyBucketHoldsItsValueWithinTheError(@ForAll double value) {
    int bucket = LogBuckets.of(value);
    double low = LogBuckets.low(bucket);
    assertThat(value).isGreaterThanOrEqualTo(low).isLessThan(LogBuckets.low(bucket + 1));
    double error = Math.max(2e-310, ColumnProfile.RELATIVE_ERROR * Math.abs(value));
    assertThat(value - low).isLessThan(error);
  }

  @Property
  void quantilesAreWithinTheErrorOfTheSortedData(
      @ForAll("columns") List<Double> values, @ForAll @IntRange(max = 100) int percent) {
    double[] sorted =
        values.stream()
            .filter(value -> value != null && Math.abs(value) <= Double.MAX_VALUE)
            .mapToDouble(value -> value + 0.0)
            .sorted()
            .toArray();
    if (sorted.length == 0) {
      return;
    }
    double q = percent / 100.0;
    double exact = sorted[(int) (q * (sorted.length - 1))];
    double error = Math.max(2e-310, ColumnProfile.RELATIVE_ERROR * Math.abs(exact));
    double found = of(values).quantile(q);
    assertThat(found).isLessThanOrEqualTo(exact);
    assertThat(exact - found).isLessThan(error);
  }

  @Property
  void statisticsStayInTheirRanges(
      @ForAll("columns") List<Double> reference, @ForAll("columns") List<Double> current) {
    ColumnProfile r = of(reference);
    ColumnProfile c = of(current);
    if (r.finite() == 0 || c.finite() == 0) {
      return;
    }
    DriftStatistics statistics = DriftStatistics.of(r, c);
    assertThat(statistics.populationStabilityIndex()).isBetween(0.0, 18.43);
    assertThat(statistics.jensenShannonDistance()).isBetween(0.0, 1.0);
    assertThat(statistics.wassersteinDistance()).isNotNegative().isNotNaN();
    assertThat(statistics.nullShareDifference()).isBetween(-1.0, 1.0);
    DriftStatistics same = DriftStatistics.of(r, of(reference));
    assertThat(same.populationStabilityIndex()).isZero();
    assertThat(same.jensenShannonDistance()).isZero();
    assertThat(same.wassersteinDistance()).isZero();
  }

  @Property
  void histogramsLoseNothing(
      @ForAll("columns") List<Double> reference, @ForAll("columns") List<Double> current) {
    ColumnProfile r = of(reference);
    ColumnProfile c = of(current);
    if (r.finite() == 0 || c.finite() == 0) {
      return;
    }
    Histogram histogram = Histogram.of(r, c);
    assertThat(histogram.edges()).doesNotHaveDuplicates().isSorted();
    assertThat(histogram.edges()).allMatch(edge -> Math.abs(edge) <= Double.MAX_VALUE);
    assertThat(histogram.edges()).hasSizeBetween(3, 33);
    for (List<Double> shares : List.of(histogram.reference(), histogram.current())) {
      assertThat(shares).allMatch(share -> share >= 0 && share <= 1.0000001);
      assertThat(shares.stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, offset(1e-9));
    }
  }

  private static ColumnProfile merged(ColumnProfile left, ColumnProfile right) {
    left.merge(right);
    return left;
  }

  private static ColumnProfile of(List<Double> values) {
    return Columns.of(values.toArray(Double[]::new));
  }
}
