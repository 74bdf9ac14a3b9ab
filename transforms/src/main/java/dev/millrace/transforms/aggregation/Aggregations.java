package dev.millrace.transforms.aggregation;

import static dev.millrace.transforms.aggregation.AggregateCall.EVENT_TIME;

import dev.millrace.transforms.problem.Problem;
import dev.millrace.transforms.type.DataType;
import java.util.List;
import java.util.Optional;

/**
 * The aggregations. Each takes expressions of Spark SQL; nulls are ignored, and no rows give null
 * but for counts. Each gives the same bytes whatever the order of the rows and however they were
 * split; where a value is not exact, its Javadoc says how far off it is. Parameters that are wrong
 * are found by {@link #check}.
 */
public final class Aggregations {
  private Aggregations() {}

  /** How many rows have a value of the expression that is not null; 0 for none. */
  public static AggregateCall count(String expression) {
    return call("count", expression);
  }

  /** How many rows there are; 0 for none. */
  public static AggregateCall count() {
    return count("1");
  }

  /** How many rows the condition is true for; 0 for none. */
  public static AggregateCall countIf(String condition) {
    return call("count_if", condition);
  }

  /** Whether the condition is true for any row that it is not null for. */
  public static AggregateCall boolAny(String condition) {
    return call("bool_any", condition);
  }

  /** Whether the condition is true for every row that it is not null for. */
  public static AggregateCall boolAll(String condition) {
    return call("bool_all", condition);
  }

  /**
   * The sum: exact for whole numbers and decimals, and an error where it does not fit; of floats
   * and doubles, the exact sum of the inputs rounded once to a double.
   */
  public static AggregateCall sum(String expression) {
    return call("sum", expression);
  }

  /** The exact sum, rounded once to a double, divided by the count; a double. */
  public static AggregateCall avg(String expression) {
    return call("avg", expression);
  }

  /** The smallest value; NaN is above every number, and text is ordered by its UTF-8 bytes. */
  public static AggregateCall min(String expression) {
    return call("min", expression);
  }

  /** The largest value; NaN is above every number, and text is ordered by its UTF-8 bytes. */
  public static AggregateCall max(String expression) {
    return call("max", expression);
  }

  /**
   * The variance of the numbers as a whole population, divided by <i>n</i>: exact, and rounded once
   * to a double. NaN where a number is not finite, as in all moments.
   */
  public static AggregateCall populationVariance(String expression) {
    return call("population_variance", expression);
  }

  /** The variance of a sample, divided by <i>n - 1</i>, rounded once; null for fewer than two. */
  public static AggregateCall sampleVariance(String expression) {
    return call("sample_variance", expression);
  }

  /** The square root of the exact population variance, rounded once. */
  public static AggregateCall populationStddev(String expression) {
    return call("population_stddev", expression);
  }

  /** The square root of the exact sample variance, rounded once; null for fewer than two. */
  public static AggregateCall sampleStddev(String expression) {
    return call("sample_stddev", expression);
  }

  /**
   * The skewness of a population, <i>m3 / m2^1.5</i>, as Spark's {@code skewness}: exact, and
   * rounded once; null where all numbers are equal.
   */
  public static AggregateCall skewness(String expression) {
    return call("skewness", expression);
  }

  /**
   * The excess kurtosis of a population, <i>m4 / m2² - 3</i>, as Spark's {@code kurtosis}: exact,
   * and rounded once; null where all numbers are equal.
   */
  public static AggregateCall kurtosis(String expression) {
    return call("kurtosis", expression);
  }

  /** The covariance of a population, over rows where neither is null: exact, and rounded once. */
  public static AggregateCall populationCovariance(String x, String y) {
    return call("population_covariance", x, y);
  }

  /** The covariance of a sample, divided by <i>n - 1</i>; null for fewer than two rows. */
  public static AggregateCall sampleCovariance(String x, String y) {
    return call("sample_covariance", x, y);
  }

  /**
   * Pearson's correlation, the same of a population and of a sample, in [-1, 1]: exact, and rounded
   * once; null where all numbers of a column are equal.
   */
  public static AggregateCall correlation(String x, String y) {
    return call("correlation", x, y);
  }

  /** The earliest value; of those at one time, the one with the smallest canonical bytes. */
  public static AggregateCall first(String expression) {
    return call("first", expression, EVENT_TIME);
  }

  /** The latest value; of those at one time, the one with the largest canonical bytes. */
  public static AggregateCall last(String expression) {
    return call("last", expression, EVENT_TIME);
  }

  /** The {@code k} earliest values, earliest first; ties as in {@link #first}. */
  public static AggregateCall firstK(String expression, int k) {
    return told(k, "first_k", expression, EVENT_TIME);
  }

  /** The {@code k} latest values, latest first; ties as in {@link #last}. */
  public static AggregateCall lastK(String expression, int k) {
    return told(k, "last_k", expression, EVENT_TIME);
  }

  /** The {@code k} largest values, repeated where they repeat, largest first; NaN is largest. */
  public static AggregateCall topK(String expression, int k) {
    return told(k, "top_k", expression);
  }

  /** The {@code k} smallest values, repeated where they repeat, smallest first. */
  public static AggregateCall bottomK(String expression, int k) {
    return told(k, "bottom_k", expression);
  }

  /**
   * The values of the {@code k} rows where {@code by} is largest, largest first; of equal ones, the
   * earlier row, then the one with the smaller canonical bytes of its value, is first.
   */
  public static AggregateCall topKBy(String expression, String by, int k) {
    return told(k, "top_k_by", expression, by, EVENT_TIME);
  }

  /** The values of the {@code k} rows where {@code by} is smallest; ties as in {@link #topKBy}. */
  public static AggregateCall bottomKBy(String expression, String by, int k) {
    return told(k, "bottom_k_by", expression, by, EVENT_TIME);
  }

  /**
   * How many different values there are, exactly; 0 for no rows.
   *
   * @param bound the most that are kept, 1 to 1,000,000; more are an error that names the call
   */
  public static AggregateCall countDistinct(String expression, int bound) {
    return told(bound, "count_distinct", expression);
  }

  /**
   * About how many different values there are, by HyperLogLog; 0 for no rows. The standard error is
   * {@code 1.04 / sqrt(2^precision)} of the number: 1.6 % for 12, 0.4 % for 16.
   *
   * @param precision 4 to 16; {@code 2^precision} bytes are the most that are kept
   */
  public static AggregateCall approxCountDistinct(String expression, int precision) {
    return told(precision, "approx_count_distinct", expression);
  }

  /** {@link #approxCountDistinct} with a precision of 12: a standard error of 1.6 %, 4 KB. */
  public static AggregateCall approxCountDistinct(String expression) {
    return approxCountDistinct(expression, 12);
  }

  /**
   * The different values as an array, ascending where the type has an order and by canonical bytes
   * where not.
   *
   * @param bound the most that are kept, 1 to 1,000,000; more are an error that names the call
   */
  public static AggregateCall collectDistinct(String expression, int bound) {
    return told(bound, "collect_distinct", expression);
  }

  /**
   * The {@code k} values seen most often, exactly, most often first; of values seen equally often,
   * the one with the smaller canonical bytes is first.
   *
   * @param bound the most different values that are counted; more are an error that names the call
   */
  public static AggregateCall mostFrequentK(String expression, int k, int bound) {
    return new AggregateCall(
        "most_frequent_k", List.of(expression), List.of(String.valueOf(k), String.valueOf(bound)));
  }

  /**
   * The number with {@code floor(share * (n - 1))} of the <i>n</i> before it in order, below the
   * true one by less than 1/128 of its magnitude; exact for whole numbers up to 256, the first and
   * the last. Whole numbers and decimals are first rounded to doubles; NaN is above every number.
   *
   * @param share 0.5 for the median
   */
  public static AggregateCall approxPercentile(String expression, double share) {
    return new AggregateCall("approx_percentile", List.of(expression), Parameters.texts(share));
  }

  /** {@link #approxPercentile} of several shares from one state, as an array in their order. */
  public static AggregateCall approxPercentiles(String expression, double... shares) {
    return new AggregateCall("approx_percentiles", List.of(expression), Parameters.texts(shares));
  }

  /**
   * How many numbers lie below the first bound, in each {@code [bound, next bound)}, and from the
   * last up, NaN with them: an array of one count more than bounds, zeros for no rows.
   *
   * @param bounds finite and ascending
   */
  public static AggregateCall histogram(String expression, double... bounds) {
    return new AggregateCall("histogram", List.of(expression), Parameters.texts(bounds));
  }

  /**
   * The sum of vectors, element by element: each exact, and rounded once to a float.
   *
   * @param expression a vector, or an array of floats or doubles without nulls
   * @param size how many elements each has; a row with another number is an error
   */
  public static AggregateCall vectorSum(String expression, int size) {
    return told(size, "vector_sum", expression);
  }

  /** The mean of vectors, element by element: each exact, and rounded once to a float. */
  public static AggregateCall vectorMean(String expression, int size) {
    return told(size, "vector_mean", expression);
  }

  /**
   * Microseconds from the latest event for which the expression is not null to the time asked for.
   */
  public static AggregateCall timeSinceLast(String expression) {
    return call("time_since_last", expression, EVENT_TIME);
  }

  /** Microseconds from the latest event to the time asked for. */
  public static AggregateCall timeSinceLast() {
    return timeSinceLast("1");
  }

  /**
   * The distribution of a number, as the canonical bytes of a {@link
   * dev.millrace.transforms.drift.ColumnProfile}; the one aggregation that counts nulls too.
   */
  public static AggregateCall profile(String expression) {
    return call("profile", expression);
  }

  /** Why a call cannot take inputs of these types, or has wrong parameters, if so. */
  public static Optional<Problem> check(AggregateCall call, List<DataType> inputs) {
    return Functions.check(call, inputs);
  }

  /** The aggregation for inputs of these types, which {@link #check} has found to fit. */
  public static Aggregation<?> bind(AggregateCall call, List<DataType> inputs) {
    return Functions.bind(call, inputs);
  }

  private static AggregateCall call(String function, String... inputs) {
    return new AggregateCall(function, List.of(inputs));
  }

  private static AggregateCall told(int parameter, String function, String... inputs) {
    return new AggregateCall(function, List.of(inputs), List.of(String.valueOf(parameter)));
  }
}
