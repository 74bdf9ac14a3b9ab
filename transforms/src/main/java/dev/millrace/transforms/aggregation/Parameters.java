package dev.millrace.transforms.aggregation;

import dev.millrace.transforms.problem.Problem;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The parameters of calls: their one text form, what they may be, and back. */
final class Parameters {
  private Parameters() {}

  /**
   * What a whole-number parameter may be.
   *
   * @param name as messages name it
   */
  record Whole(String name, int least, int most) {}

  /** The shortest decimal that is read back as the number: {@code 0.1}; not all of Java's agree. */
  static String text(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.toString(number);
    }
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal shorter = new BigDecimal(number).round(new MathContext(digits));
      if (shorter.doubleValue() == number) {
        return text(shorter.stripTrailingZeros());
      }
    }
    return text(new BigDecimal(number).round(new MathContext(17)));
  }

  private static String text(BigDecimal number) {
    boolean whole = number.scale() < 0 && number.scale() > -9;
    return (whole ? number.setScale(0) : number).toString();
  }

  static List<String> texts(double... numbers) {
    return Arrays.stream(numbers).mapToObj(Parameters::text).toList();
  }

  static int whole(AggregateCall call, int index) {
    return Integer.parseInt(call.parameters().get(index));
  }

  /** The numbers; a zero has no sign. */
  static List<Double> numbers(AggregateCall call) {
    return call.parameters().stream().map(text -> Double.parseDouble(text) + 0.0).toList();
  }

  /** The first parameter that is not as the wanted ones in turn. */
  static Optional<Problem> checkWhole(AggregateCall call, List<Whole> wanted) {
    if (call.parameters().size() != wanted.size()) {
      return Optional.of(
          new Problem(
              "'%s' has %d parameters".formatted(call, call.parameters().size()),
              call.function() + " takes " + wanted.size(),
              "Call it as in Aggregations"));
    }
    for (int i = 0; i < wanted.size(); i++) {
      Whole want = wanted.get(i);
      String text = call.parameters().get(i);
      OptionalInt value = parse(text);
      if (value.isEmpty() || value.getAsInt() < want.least || value.getAsInt() > want.most) {
        return Optional.of(
            new Problem(
                "'%s' has a %s of %s".formatted(call, want.name, text),
                "it is a whole number from %d to %d".formatted(want.least, want.most),
                "Give one between the two"));
      }
    }
    return Optional.empty();
  }

  private static OptionalInt parse(String text) {
    return text.matches("-?(0|[1-9][0-9]{0,8})")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** Shares in [0, 1], one or more. */
  static Optional<Problem> checkShares(AggregateCall call) {
    List<Double> shares = parsed(call);
    boolean good = !shares.isEmpty() && shares.stream().allMatch(share -> share >= 0 && share <= 1);
    return problem(good, call, "shares, such as 0.5 for the median, are from 0 to 1");
  }

  /** Finite numbers in ascending order, one or more. */
  static Optional<Problem> checkBounds(AggregateCall call) {
    List<Double> bounds = parsed(call);
    boolean good =
        !bounds.isEmpty() && bounds.stream().allMatch(bound -> Math.abs(bound) <= Double.MAX_VALUE);
    for (int i = 1; good && i < bounds.size(); i++) {
      good = bounds.get(i - 1) < bounds.get(i);
    }
    return problem(good, call, "bounds are finite numbers, one or more, each above the one before");
  }

  private static Optional<Problem> problem(boolean good, AggregateCall call, String rule) {
    return good
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "'%s' has parameters of [%s]".formatted(call, String.join(", ", call.parameters())),
                rule,
                "Give others"));
  }

  /** NaN for what is no number. */
  private static List<Double> parsed(AggregateCall call) {
    List<Double> numbers = new ArrayList<>();
    for (String text : call.parameters()) {
      try {
        numbers.add(Double.parseDouble(text) + 0.0);
      } catch (NumberFormatException none) {
        numbers.add(Double.NaN);
      }
    }
    return numbers;
  }
}
