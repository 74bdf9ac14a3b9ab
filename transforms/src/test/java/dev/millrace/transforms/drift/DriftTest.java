package dev.millrace.transforms.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transforms.drift.ColumnDrift.Compared;
import dev.millrace.transforms.drift.ColumnDrift.NotCompared;
import dev.millrace.transforms.drift.ColumnDrift.Reason;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final DriftThresholds DEFAULTS = DriftThresholds.defaults();

  @Test
  void findsNoDriftInAnotherSampleAndDriftInAShiftedOne() {
    Profile reference = new Profile();
    Profile current = new Profile();
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      reference.column("same").add(random.nextGaussian());
      current.column("same").add(random.nextGaussian());
      reference.column("nudged").add(random.nextGaussian());
      current.column("nudged").add(random.nextGaussian() + 0.4);
      reference.column("moved").add(random.nextGaussian());
      current.column("moved").add(random.nextGaussian() + 1);
    }
    DriftReport report = Drift.compare(reference, current, DEFAULTS);
    assertThat(report.rows())
        .extracting(ColumnDrift::column)
        .containsExactly("moved", "nudged", "same");
    assertThat(report.rows())
        .extracting(ColumnDrift::verdict)
        .containsExactly(Verdict.DRIFTED, Verdict.WATCH, Verdict.STABLE);
    assertThat(report.verdict()).isEqualTo(Verdict.DRIFTED);
    assertThat(report.count(Verdict.STABLE)).isEqualTo(1);
    DriftStatistics same = ((Compared) report.rows().get(2)).statistics();
    assertThat(same.populationStabilityIndex()).isLessThan(0.01);
    assertThat(same.expectedStabilityIndex()).isBetween(0.0008, 0.0012);
  }

  @Test
  void reportsColumnsThatItCannotCompare() {
    Profile reference = new Profile();
    Profile current = new Profile();
    reference.column("gone").add(1);
    current.column("new").add(1);
    reference.column("emptied").add(1);
    current.column("emptied").addNull();
    reference.column("filled").addNull();
    current.column("filled").add(1);
    reference.column("void").addNull();
    current.column("void").add(Double.NaN);
    DriftReport report = Drift.compare(reference, current, DEFAULTS);
    ColumnCounts one = new ColumnCounts(1, 0, 0, 0, 0);
    ColumnCounts oneNull = new ColumnCounts(0, 1, 0, 0, 0);
    ColumnCounts oneNaN = new ColumnCounts(0, 0, 1, 0, 0);
    assertThat(report.rows())
        .containsExactly(
            new NotCompared("emptied", Reason.NO_VALUES_IN_CURRENT, one, oneNull),
            new NotCompared("filled", Reason.NO_VALUES_IN_REFERENCE, oneNull, one),
            new NotCompared("gone", Reason.MISSING_IN_CURRENT, one, null),
            new NotCompared("new", Reason.MISSING_IN_REFERENCE, null, one),
            new NotCompared("void", Reason.NO_VALUES_IN_EITHER, oneNull, oneNaN));
    assertThat(report.count(Verdict.DRIFTED)).isEqualTo(4);
    assertThat(report.count(Verdict.WATCH)).isEqualTo(1);
  }

  @Test
  void callsLostValuesDriftThoughTheRestLooksTheSame() {
    Profile reference = new Profile();
    Profile current = new Profile();
    for (int i = 1; i <= 100; i++) {
      reference.column("speed").add(i);
      current.column("speed").add(i);
      current.column("speed").addNull();
    }
    ColumnDrift row = Drift.compare(reference, current, DEFAULTS).rows().get(0);
    assertThat(((Compared) row).statistics().populationStabilityIndex()).isZero();
    assertThat(row.verdict()).isEqualTo(Verdict.DRIFTED);
    DriftThresholds lax = DEFAULTS.withNullShare(0.6, 0.9);
    assertThat(Drift.compare(reference, current, lax).verdict()).isEqualTo(Verdict.STABLE);
  }

  @Test
  void aValueAtALimitHasReachedIt() {
    assertThat(DEFAULTS.judge(index(0.0999))).isEqualTo(Verdict.STABLE);
    assertThat(DEFAULTS.judge(index(0.1))).isEqualTo(Verdict.WATCH);
    assertThat(DEFAULTS.judge(index(0.25))).isEqualTo(Verdict.DRIFTED);
    assertThat(DEFAULTS.withIndex(0.3, 0.4).judge(index(0.25))).isEqualTo(Verdict.STABLE);
  }

  @Test
  void refusesLimitsOutOfOrderAndEmptyProfiles() {
    assertThatThrownBy(() -> DEFAULTS.withIndex(0.3, 0.2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot watch the population stability index from 0.3 and call it drift from 0.2:"
                + " give 0 < watch <= drifted.");
    assertThatThrownBy(() -> Drift.compare(new Profile(), new Profile(), DEFAULTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot compare two profiles without columns. Profile at least one numeric column.");
  }

  private static DriftStatistics index(double value) {
    return new DriftStatistics(value, 0, 0, 0, 0);
  }
}
