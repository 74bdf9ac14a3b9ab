package dev.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Scorer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationRowsTest {
  private static final VerificationRows ROWS =
      new VerificationRows(
          List.of(Arrays.asList(1.0, null), List.of(2.0, 3.0)), List.of(0.25, 0.75));

  /**
   * Answers with these scores, or with 0.75 where the second feature is there and 0.25 where it is
   * not.
   */
  private static Scorer scorer(double shift) {
    return new Scorer() {
      @Override
      public double[] score(double[] features, int rows) {
        double[] scores = new double[rows];
        for (int i = 0; i < rows; i++) {
          scores[i] = (Double.isNaN(features[i * 2 + 1]) ? 0.25 : 0.75) + shift;
        }
        return scores;
      }

      @Override
      public String fingerprint() {
        return "test";
      }
    };
  }

  @Test
  void aModelThatAnswersAsExpectedPasses() {
    assertThat(ROWS.replay("m", scorer(0))).isEqualTo(new VerificationRows.Outcome(2, 0, 0));
    assertThat(ROWS.replay("m", scorer(1e-13)).rows()).isEqualTo(2);
  }

  @Test
  void aModelThatAnswersOtherwiseIsRefused() {
    assertThatThrownBy(() -> ROWS.replay("model m@1", scorer(0.5)))
        .hasMessage(
            "The scores of model m@1 are not the expected ones: over 2 rows they differ by up to 0.5, "
                + "and 1 fall into another class. Do not serve it. Train it again, and report the difference.");
    assertThatThrownBy(() -> ROWS.replay("m", scorer(Double.NaN)))
        .hasMessageStartingWith("The scores of m are not the expected ones");
  }

  @Test
  void keepsMissingValuesThroughJson() {
    assertThat(VerificationRows.fromJson(ROWS.toJson())).isEqualTo(ROWS);
    assertThat(ROWS.first(1).scores()).containsExactly(0.25);
  }
}
