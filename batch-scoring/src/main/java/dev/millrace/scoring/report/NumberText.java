package dev.millrace.scoring.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as a reader wants them, the same in every locale. */
final class NumberText {

  private NumberText() {}

  /** Four digits that count: 0.1235, 1234, 12,340, 1.2e-7; infinity as its sign. */
  static String value(double value) {
    return value(value, 4);
  }

  /** As many digits that count. */
  static String value(double value, int digits) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value < 0 ? "−∞" : "∞";
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(digits, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int power = rounded.precision() - rounded.scale() - 1;
    String text =
        power < -4 || power > 6
            ? rounded.scaleByPowerOfTen(-power).toPlainString() + "e" + power
            : grouped(rounded.toPlainString());
    return text.replace('-', '−');
  }

  /** Three digits that count, and never less than the whole number: 0.123, 12.3, 2001, 1.23e8. */
  static String compact(double value) {
    boolean large = Math.abs(value) >= 1000 && Math.abs(value) < 999_999.5;
    return large ? value(Math.rint(value), 6) : value(value, 3);
  }

  /** A statistic with three decimals. */
  static String fixed(double value) {
    if (Double.isInfinite(value) || Math.abs(value) >= 1000) {
      return value(value);
    }
    return new BigDecimal(value)
        .setScale(3, RoundingMode.HALF_EVEN)
        .toPlainString()
        .replace('-', '−');
  }

  /** A share in percent with one decimal. */
  static String percent(double share) {
    BigDecimal percent =
        new BigDecimal(share).movePointRight(2).setScale(1, RoundingMode.HALF_EVEN);
    if (percent.signum() == 0 && share != 0) {
      return share < 0 ? "−<0.1%" : "<0.1%";
    }
    return percent.stripTrailingZeros().toPlainString().replace('-', '−') + "%";
  }

  static String count(long count) {
    return grouped(Long.toString(count));
  }

  /** Commas from five digits on, so that a year stays a year. */
  private static String grouped(String plain) {
    int end = plain.indexOf('.') < 0 ? plain.length() : plain.indexOf('.');
    StringBuilder out = new StringBuilder(plain);
    int first = plain.startsWith("-") ? 1 : 0;
    for (int comma = end - 3; end - first > 4 && comma > first; comma -= 3) {
      out.insert(comma, ',');
    }
    return out.toString();
  }
}
