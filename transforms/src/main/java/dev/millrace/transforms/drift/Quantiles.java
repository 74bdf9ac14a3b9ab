package dev.millrace.transforms.drift;

/**
 * Where a column's finite values lie: the least and the largest exactly, between them the values at
 * 5, 25, 50, 75 and 95 %, each off by less than 1 % of itself.
 */
public record Quantiles(
    double min, double p05, double p25, double median, double p75, double p95, double max) {

  /**
   * The quantiles of a profile.
   *
   * @throws IllegalStateException if it has no finite value
   */
  public static Quantiles of(ColumnProfile profile) {
    return new Quantiles(
        profile.quantile(0),
        profile.quantile(0.05),
        profile.quantile(0.25),
        profile.quantile(0.5),
        profile.quantile(0.75),
        profile.quantile(0.95),
        profile.quantile(1));
  }
}
