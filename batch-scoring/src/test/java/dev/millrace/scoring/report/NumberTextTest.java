package dev.millrace.scoring.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumberTextTest {

  @Test
  void showsFourDigitsThatCount() {
    assertThat(NumberText.value(0)).isEqualTo("0");
    assertThat(NumberText.value(-0.30000000000000004)).isEqualTo("−0.3");
    assertThat(NumberText.value(1234.56)).isEqualTo("1235");
    assertThat(NumberText.value(12345.6)).isEqualTo("12,350");
    assertThat(NumberText.value(-12345.6, 3)).isEqualTo("−12,300");
    assertThat(NumberText.value(-999_960)).isEqualTo("−1,000,000");
    assertThat(NumberText.value(-150)).isEqualTo("−150");
    assertThat(NumberText.value(0.00012345)).isEqualTo("0.0001234");
    assertThat(NumberText.value(1.5e-7)).isEqualTo("1.5e−7");
    assertThat(NumberText.value(Double.MAX_VALUE)).isEqualTo("1.798e308");
    assertThat(NumberText.value(Double.NEGATIVE_INFINITY)).isEqualTo("−∞");
    assertThat(NumberText.value(Double.NaN)).isEqualTo("NaN");
  }

  @Test
  void keepsWholeNumbersWholeWhereSpaceIsShort() {
    assertThat(NumberText.compact(2001)).isEqualTo("2001");
    assertThat(NumberText.compact(-11432.4)).isEqualTo("−11,432");
    assertThat(NumberText.compact(12.345)).isEqualTo("12.3");
    assertThat(NumberText.compact(999_999.7)).isEqualTo("1,000,000");
    assertThat(NumberText.compact(123_456_789)).isEqualTo("1.23e8");
    assertThat(NumberText.compact(0)).isEqualTo("0");
  }

  @Test
  void showsStatisticsSharesAndCounts() {
    assertThat(NumberText.fixed(0.12345)).isEqualTo("0.123");
    assertThat(NumberText.fixed(Double.POSITIVE_INFINITY)).isEqualTo("∞");
    assertThat(NumberText.fixed(1e40)).isEqualTo("1e40");
    assertThat(NumberText.percent(0.1234)).isEqualTo("12.3%");
    assertThat(NumberText.percent(1)).isEqualTo("100%");
    assertThat(NumberText.percent(0)).isEqualTo("0%");
    assertThat(NumberText.percent(0.0001)).isEqualTo("<0.1%");
    assertThat(NumberText.count(1234567)).isEqualTo("1,234,567");
    assertThat(NumberText.count(123)).isEqualTo("123");
  }
}
