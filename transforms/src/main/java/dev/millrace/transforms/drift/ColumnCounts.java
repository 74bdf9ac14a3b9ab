package dev.millrace.transforms.drift;

/**
 * The rows of a column by kind; no count is negative.
 *
 * @param finite rows with a finite value
 * @param nulls rows with no value
 * @param nan rows with a NaN
 * @param negativeInfinities rows with minus infinity
 * @param positiveInfinities rows with plus infinity
 */
public record ColumnCounts(
    long finite, long nulls, long nan, long negativeInfinities, long positiveInfinities) {

  public ColumnCounts {
    if (finite < 0 || nulls < 0 || nan < 0 || negativeInfinities < 0 || positiveInfinities < 0) {
      throw new IllegalArgumentException("A count of rows cannot be negative.");
    }
  }

  /** Rows with a place on the number line, the infinite ones too. */
  public long values() {
    return Math.addExact(finite, Math.addExact(negativeInfinities, positiveInfinities));
  }

  /** All rows. */
  public long rows() {
    return Math.addExact(values(), Math.addExact(nulls, nan));
  }

  /** The share of rows that say nothing, null or NaN, in [0, 1]; 0 where there are no rows. */
  public double nullShare() {
    long rows = rows();
    return rows == 0 ? 0 : (double) (nulls + nan) / rows;
  }
}
