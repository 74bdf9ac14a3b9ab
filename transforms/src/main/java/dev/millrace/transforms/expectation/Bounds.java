package dev.millrace.transforms.expectation;

import dev.millrace.transforms.type.Micros;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a number of all rows may be: fixed, or by what it was in earlier runs, or by the time. */
public sealed interface Bounds extends Serializable {
  /** The bounds of a run. */
  Within given(Past past);

  /** Whether a number is within the bounds of a run; NaN, the number of no values, is not. */
  default boolean holds(double value, Past past) {
    return given(past).holds(value);
  }

  /** Whether they are made of what the number was in earlier runs. */
  default boolean lookBack() {
    return this instanceof Deviations || this instanceof Ratio;
  }

  /** The bounds in words. */
  String words();

  /** What is said of a number with this name that is out of bounds. */
  String breach(String name);

  /**
   * What a run is held against.
   *
   * @param earlier what the number was in earlier runs, the last one last
   * @param asOf the time that the rows are of
   */
  record Past(List<Double> earlier, Instant asOf) implements Serializable {
    public Past {
      earlier = List.copyOf(earlier);
    }
  }

  /** Two numbers, which are allowed themselves. */
  record Within(double least, double most) implements Bounds {
    /** Any number at all. */
    public static final Within ANY = new Within(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    public Within {
      if (!(least <= most)) {
        throw new IllegalArgumentException(
            "bounds of " + least + " and " + most + ": the lower bound comes first");
      }
    }

    @Override
    public Within given(Past past) {
      return this;
    }

    @Override
    public String words() {
      return least == Double.NEGATIVE_INFINITY
          ? most == Double.POSITIVE_INFINITY ? "any" : "at most " + Rule.text(most)
          : most == Double.POSITIVE_INFINITY
              ? "at least " + Rule.text(least)
              : Rule.text(least) + " to " + Rule.text(most);
    }

    /** Whether a number is within them; NaN, the number of no values, is not. */
    public boolean holds(double value) {
      return value >= least && value <= most;
    }

    @Override
    public String breach(String name) {
      return name
          + (least == Double.NEGATIVE_INFINITY
              ? " is above " + Rule.text(most)
              : most == Double.POSITIVE_INFINITY
                  ? " is below " + Rule.text(least)
                  : " is outside [" + Rule.text(least) + ", " + Rule.text(most) + "]");
    }
  }

  /**
   * At least this share of the rows, 0 to 1. It holds of no rows, since none of them is without.
   */
  record Share(double least) implements Bounds {
    public Share {
      if (!(least <= 1)) {
        throw new IllegalArgumentException("a share of " + least + ": there are 0 to 1 of all");
      }
    }

    @Override
    public Within given(Past past) {
      return new Within(least, 1);
    }

    @Override
    public boolean holds(double value, Past past) {
      return Double.isNaN(value) || given(past).holds(value);
    }

    @Override
    public String words() {
      return "at least " + Rule.text(least);
    }

    @Override
    public String breach(String name) {
      return new Within(least, 1).breach(name);
    }

    /** As it was said before an interval without rows held it: fingerprints are made of it. */
    @Override
    public String toString() {
      return new Within(least, 1).toString();
    }
  }

  /**
   * So many standard deviations of a sample, at most, from the mean of what it was in earlier runs;
   * anything, while those are few. After Deequ's {@code BatchNormalStrategy}.
   *
   * @param most standard deviations
   * @param runs with fewer earlier runs any number holds
   */
  record Deviations(double most, int runs) implements Bounds {
    public Deviations {
      if (!(most > 0) || runs < 2) {
        throw new IllegalArgumentException(
            "usual(" + most + " deviations, " + runs + " runs): it takes some, and two runs");
      }
    }

    @Override
    public Within given(Past past) {
      List<Double> numbers = known(past);
      if (numbers.size() < runs) {
        return Within.ANY;
      }
      // Welford's way: equal numbers have no deviation, not one of rounding.
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < numbers.size(); i++) {
        double off = numbers.get(i) - mean;
        mean += off / (i + 1);
        squares += off * (numbers.get(i) - mean);
      }
      double reach = most * Math.sqrt(squares / (numbers.size() - 1));
      return new Within(mean - reach, mean + reach);
    }

    @Override
    public String words() {
      return "at most " + Rule.text(most) + " deviations from the mean of earlier runs";
    }

    @Override
    public String breach(String name) {
      return name
          + " is more than "
          + Rule.text(most)
          + " deviations from its mean of earlier runs";
    }
  }

  /**
   * So many times what it was in the last run; anything in the first one. The product is that of
   * the decimals as they are written, so that 115 is 1.15 times 100, and no number outside it is
   * let in by rounding. After Deequ's {@code RelativeRateOfChangeStrategy}.
   */
  record Ratio(double least, double most) implements Bounds {
    public Ratio {
      if (!(0 <= least && least <= most)) {
        throw new IllegalArgumentException(
            "steady(" + least + ", " + most + "): the lower ratio comes first, and is 0 or more");
      }
    }

    @Override
    public Within given(Past past) {
      List<Double> numbers = known(past);
      if (numbers.isEmpty()) {
        return Within.ANY;
      }
      double last = numbers.get(numbers.size() - 1);
      return last < 0
          ? new Within(times(most, last, true), times(least, last, false))
          : new Within(times(least, last, true), times(most, last, false));
    }

    @Override
    public String words() {
      return Rule.text(least) + " to " + Rule.text(most) + " times the last run's";
    }

    /** The least number that is the product or above it, or the greatest that is not above it. */
    private static double times(double ratio, double last, boolean least) {
      if (ratio == 0 || last == 0) {
        return 0;
      }
      if (Double.isInfinite(ratio) || Double.isInfinite(last)) {
        return ratio * last;
      }
      BigDecimal exact = BigDecimal.valueOf(ratio).multiply(new BigDecimal(last));
      double nearest = exact.doubleValue();
      int off =
          Double.isInfinite(nearest)
              ? (nearest > 0 ? 1 : -1)
              : new BigDecimal(nearest).compareTo(exact);
      if (least) {
        return off < 0 ? Math.nextUp(nearest) : nearest;
      }
      return off > 0 ? Math.nextDown(nearest) : nearest;
    }

    @Override
    public String breach(String name) {
      return name
          + " is not "
          + Rule.text(least)
          + " to "
          + Rule.text(most)
          + " times what it was in the last run";
    }
  }

  /** Microseconds since 1970 of a time that is at most so long past. */
  record Age(Duration most) implements Bounds {
    public Age {
      if (most.isNegative() || most.isZero()) {
        throw new IllegalArgumentException("fresh(" + most + "): an age is longer than nothing");
      }
    }

    @Override
    public Within given(Past past) {
      double oldest = (double) Micros.of(past.asOf().minus(most));
      return new Within(oldest, Double.POSITIVE_INFINITY);
    }

    @Override
    public String words() {
      return "at most " + most + " old";
    }

    @Override
    public String breach(String name) {
      return name + " is older than " + most;
    }
  }

  private static List<Double> known(Past past) {
    List<Double> numbers = new ArrayList<>(past.earlier());
    numbers.removeIf(number -> number.isNaN());
    return numbers;
  }
}
