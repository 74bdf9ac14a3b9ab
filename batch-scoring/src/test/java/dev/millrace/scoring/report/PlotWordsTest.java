package dev.millrace.scoring.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transforms.drift.Histogram;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlotWordsTest {
  private static final Histogram TWO_BINS =
      new Histogram(
          List.of(-1.0, 0.0, 1.0), List.of(0.0, 0.5, 0.5, 0.0), List.of(0.1, 0.2, 0.3, 0.4));

  @Test
  void namesEveryBin() {
    assertThat(IntStream.range(0, 4).mapToObj(bin -> PlotWords.bin(TWO_BINS, bin)))
        .containsExactly("below −1", "−1 to 0", "0 to 1", "1 and up");
    assertThat(PlotWords.tooltip(TWO_BINS, 3)).isEqualTo("1 and up: reference 0%, current 40%");
    assertThat(PlotWords.describe(TWO_BINS))
        .isEqualTo(
            "Filled bars: the reference, fullest at −1 to 0 with 50% of its values."
                + " Outline: current, fullest at 1 and up with 40%.");
  }

  @Test
  void labelsTheRoundestEdges() {
    List<Double> tens = IntStream.rangeClosed(-3, 16).mapToObj(i -> i * 10.0).toList();
    assertThat(PlotWords.ticks(tens).stream().map(tens::get))
        .containsExactly(0.0, 50.0, 100.0, 150.0);
  }

  @Test
  void drawsFewGridLines() {
    assertThat(PlotWords.gridStep(1)).isEqualTo(0.2);
    assertThat(PlotWords.gridStep(0.11)).isEqualTo(0.05);
    assertThat(PlotWords.gridStep(0.04)).isEqualTo(0.01);
  }
}
