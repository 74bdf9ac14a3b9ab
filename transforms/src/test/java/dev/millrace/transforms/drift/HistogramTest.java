package dev.millrace.transforms.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramTest {

  @Test
  void hasRoundEdgesAroundTheReferencesPercentiles() {
    Histogram histogram = Histogram.of(Columns.run(100, 0), Columns.run(100, 50));
    assertThat(histogram.edges()).startsWith(0.0, 5.0, 10.0).endsWith(95.0, 100.0).hasSize(21);
    assertThat(histogram.reference()).startsWith(0.0, 0.04, 0.05).endsWith(0.05, 0.01);
    assertThat(histogram.current()).startsWith(0.0, 0.0, 0.0).endsWith(0.05, 0.51);
  }

  @Test
  void hasEdgesThatReadWell() {
    ColumnProfile tenths = new ColumnProfile();
    for (int i = 0; i <= 1000; i++) {
      tenths.add(i / 1000.0);
    }
    assertThat(Histogram.of(tenths, tenths).edges()).startsWith(0.0, 0.05, 0.1, 0.15, 0.2, 0.25);
  }

  @Test
  void keepsWholeNumbersInTheirBins() {
    ColumnProfile signed = new ColumnProfile();
    for (int i = -10; i < 10; i++) {
      signed.add(i);
    }
    Histogram histogram = Histogram.of(signed, signed);
    assertThat(histogram.edges()).startsWith(-10.0, -9.0).endsWith(8.0, 9.0);
    assertThat(histogram.reference()).startsWith(0.0, 0.05, 0.05).endsWith(0.05, 0.05);
  }

  @Test
  void showsBothSidesOfAConstant() {
    Histogram moved = Histogram.of(Columns.of(5.0), Columns.of(8.0));
    assertThat(moved.edges()).startsWith(5.0, 5.1).endsWith(8.0, 8.1);
    Histogram zero = Histogram.of(Columns.of(0.0), Columns.of(0.0));
    assertThat(zero.edges()).startsWith(-1.0, -0.9).endsWith(1.0, 1.1).contains(0.0);
  }

  @Test
  void leavesOutliersAndInfinitiesToTheOpenEnds() {
    ColumnProfile current = Columns.of(Double.NEGATIVE_INFINITY, 1e300, 50.0, 50.0);
    Histogram histogram = Histogram.of(Columns.run(100, 0), current);
    assertThat(histogram.current().get(0)).isEqualTo(0.25);
    assertThat(histogram.current().get(21)).isEqualTo(0.25);
    assertThat(histogram.current().get(11)).isEqualTo(0.5);
  }

  @Test
  void refusesSharesThatDoNotFitTheEdges() {
    assertThatThrownBy(() -> new Histogram(List.of(0.0, 1.0), List.of(1.0), List.of(1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "A histogram of 2 edges, two or more, needs one share more than edges,"
                + " but has 1 and 1.");
  }
}
