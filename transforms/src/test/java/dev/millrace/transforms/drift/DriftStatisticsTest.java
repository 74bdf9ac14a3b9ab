package dev.millrace.transforms.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DriftStatisticsTest {
  private static final Offset<Double> CLOSE = offset(1e-12);

  /** Bins of the first: below 0, 0, between, 1, above; the shares 1/2, 1/2 become 1/4, 3/4. */
  @Test
  void agreesWithSharesWorkedOutByHand() {
    ColumnProfile reference = Columns.of(0.0, 0.0, 1.0, 1.0);
    ColumnProfile current = Columns.of(0.0, 1.0, 1.0, 1.0);
    DriftStatistics statistics = DriftStatistics.of(reference, current);
    // (1/4 - 1/2) ln(1/2) + (3/4 - 1/2) ln(3/2) = ln(3) / 4
    assertThat(statistics.populationStabilityIndex()).isCloseTo(Math.log(3) / 4, CLOSE);
    // m = 3/8, 5/8; JSD = H(3/8) - (1 + H(1/4)) / 2
    double divergence = entropy(3.0 / 8) - (1 + entropy(0.25)) / 2;
    assertThat(statistics.jensenShannonDistance()).isCloseTo(Math.sqrt(divergence), CLOSE);
    // a quarter moves by 1; the reference's standard deviation is 1/2
    assertThat(statistics.wassersteinDistance()).isCloseTo(0.5, CLOSE);
    assertThat(statistics.nullShareDifference()).isZero();
    // two bins in use: (2 - 1) (1/4 + 1/4)
    assertThat(statistics.expectedStabilityIndex()).isCloseTo(0.5, CLOSE);
  }

  @Test
  void cutsTheReferenceAtItsDeciles() {
    double[] shares = DecileBins.of(Columns.run(100, 0)).shares(Columns.run(100, 0));
    assertThat(shares).containsExactly(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
    assertThat(DecileBins.of(Columns.run(100, 0)).shares(Columns.run(100, 50)))
        .containsExactly(0, 0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.6);
  }

  @Test
  void staysFiniteWhereABinIsEmpty() {
    ColumnProfile reference = Columns.of(1.0, 1.0);
    ColumnProfile current = Columns.of(2.0, 2.0);
    double most = 2 * (1 - 0.0001) * Math.log(10_000);
    assertThat(DriftStatistics.populationStabilityIndex(reference, current)).isCloseTo(most, CLOSE);
    assertThat(DriftStatistics.jensenShannonDistance(reference, current)).isCloseTo(1, CLOSE);
  }

  @Test
  void seesAConstantMoveEitherWay() {
    ColumnProfile five = Columns.of(5.0, 5.0, 5.0);
    assertThat(DriftStatistics.populationStabilityIndex(five, Columns.of(4.0))).isGreaterThan(10);
    assertThat(DriftStatistics.populationStabilityIndex(five, Columns.of(6.0))).isGreaterThan(10);
    assertThat(DriftStatistics.wassersteinDistance(five, Columns.of(6.0)))
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(DriftStatistics.wassersteinDistance(five, Columns.of(5.0))).isZero();
  }

  @Test
  void measuresAShiftInStandardDeviations() {
    double deviation = Math.sqrt((100.0 * 100 - 1) / 12);
    assertThat(DriftStatistics.wassersteinDistance(Columns.run(100, 0), Columns.run(100, 50)))
        .isCloseTo(50 / deviation, CLOSE);
  }

  @Test
  void putsInfinitiesInTheOuterBins() {
    ColumnProfile reference = Columns.run(100, 0);
    ColumnProfile current = Columns.run(100, 0);
    for (int i = 0; i < 100; i++) {
      current.add(Double.POSITIVE_INFINITY);
    }
    assertThat(DecileBins.of(reference).shares(current))
        .containsExactly(0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.55);
    assertThat(DriftStatistics.wassersteinDistance(reference, current)).isZero();
  }

  @Test
  void comparesTheSharesOfNullAndNaN() {
    ColumnProfile reference = Columns.of(1.0, null, 2.0, 3.0);
    ColumnProfile current = Columns.of(1.0, null, Double.NaN, null);
    assertThat(DriftStatistics.nullShareDifference(reference, current)).isEqualTo(0.5);
    assertThat(DriftStatistics.nullShareDifference(current, reference)).isEqualTo(-0.5);
  }

  @Test
  void doesNotOverflowAtTheEndsOfTheNumberLine() {
    ColumnProfile reference = Columns.of(-Double.MAX_VALUE, Double.MAX_VALUE);
    ColumnProfile current = Columns.of(Double.MAX_VALUE, Double.MAX_VALUE);
    assertThat(DriftStatistics.wassersteinDistance(reference, current)).isCloseTo(1, offset(0.01));
  }

  @Test
  void refusesAColumnWithoutValues() {
    assertThatThrownBy(
            () -> DriftStatistics.of(Columns.of(null, Double.POSITIVE_INFINITY), Columns.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot compare the values of two columns: the reference has no finite value."
                + " Use Drift.compare, which reports such a column by name.");
  }

  private static double entropy(double p) {
    return -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2);
  }
}
