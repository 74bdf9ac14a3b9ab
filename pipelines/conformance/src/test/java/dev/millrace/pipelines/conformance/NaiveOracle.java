package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.window.Window;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The obvious meaning: each value filters the whole list by {@code [floor(t - W, h), t)} and adds
 * up what is left in decimal arithmetic without end. It shares no code with the engines but the
 * types of a definition.
 */
final class NaiveOracle {
  /** Something that happened; {@code time} is in microseconds. */
  record Event(String key, long time, @Nullable Double x, @Nullable Long n) {}

  private NaiveOracle() {}

  static List<Event> seen(List<Event> events, Window window, long time) {
    long start =
        window.isLifetime()
            ? Long.MIN_VALUE
            : Math.floorDiv(time - window.length(), window.hop()) * window.hop();
    return events.stream().filter(event -> event.time() >= start && event.time() < time).toList();
  }

  static @Nullable Object value(WindowedFeature feature, List<Event> events, long time) {
    List<Event> seen = seen(events, feature.window(), time);
    String input = feature.call().inputs().get(0);
    return switch (input) {
      case "x" -> ofDoubles(feature.call().function(), present(seen, Event::x));
      case "n" ->
          feature.call().function().equals("last")
              ? last(seen)
              : ofLongs(feature.call().function(), present(seen, Event::n));
      default -> (long) seen.size();
    };
  }

  /** Of the latest, the one whose canonical bytes are largest. */
  private static @Nullable Long last(List<Event> seen) {
    long latest = seen.stream().filter(e -> e.n() != null).mapToLong(Event::time).max().orElse(0);
    List<Long> tied = present(seen.stream().filter(e -> e.time() == latest).toList(), Event::n);
    return tied.stream()
        .max((a, b) -> Arrays.compareUnsigned(canonical(a), canonical(b)))
        .orElse(null);
  }

  /** Zigzag, seven bits a byte, least first. */
  private static byte[] canonical(long value) {
    BigInteger rest =
        BigInteger.valueOf(value).shiftLeft(1).xor(BigInteger.valueOf(value < 0 ? -1 : 0));
    byte[] bytes = new byte[10];
    int size = 0;
    do {
      boolean more = rest.bitLength() > 7;
      bytes[size++] = (byte) ((rest.intValue() & 0x7F) | (more ? 0x80 : 0));
      rest = rest.shiftRight(7);
    } while (rest.signum() != 0);
    return Arrays.copyOf(bytes, size);
  }

  private static <T> List<T> present(List<Event> events, Function<Event, @Nullable T> of) {
    return events.stream()
        .<T>mapMulti(
            (event, out) -> {
              T value = of.apply(event);
              if (value != null) {
                out.accept(value);
              }
            })
        .toList();
  }

  private static @Nullable Object ofDoubles(String function, List<Double> values) {
    if (function.equals("count")) {
      return (long) values.size();
    }
    if (values.isEmpty()) {
      return null;
    }
    return switch (function) {
      case "sum" -> sum(values);
      case "avg" -> sum(values) / values.size() + 0.0;
      case "min" -> values.stream().min(Comparator.naturalOrder()).orElseThrow() + 0.0;
      default -> values.stream().max(Comparator.naturalOrder()).orElseThrow() + 0.0;
    };
  }

  private static double sum(List<Double> values) {
    double special = 0;
    BigDecimal sum = BigDecimal.ZERO;
    for (double value : values) {
      if (Double.isFinite(value)) {
        sum = sum.add(new BigDecimal(value));
      } else {
        special += value;
      }
    }
    return special != 0 ? special : sum.doubleValue() + 0.0;
  }

  /** The squares of the distances from the mean, over one less than how many there are. */
  private static @Nullable Double sampleVariance(List<Long> values) {
    int n = values.size();
    if (n < 2) {
      return null;
    }
    BigInteger sum =
        values.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
    BigInteger squares = BigInteger.ZERO;
    for (long value : values) {
      BigInteger distance = BigInteger.valueOf(value).multiply(BigInteger.valueOf(n)).subtract(sum);
      squares = squares.add(distance.pow(2));
    }
    return new BigDecimal(squares)
        .divide(
            new BigDecimal(BigInteger.valueOf(n).pow(2).multiply(BigInteger.valueOf(n - 1))),
            new MathContext(80))
        .doubleValue();
  }

  private static @Nullable Object ofLongs(String function, List<Long> values) {
    if (function.equals("count")) {
      return (long) values.size();
    }
    if (function.equals("count_distinct")) {
      return values.stream().distinct().count();
    }
    if (function.equals("sample_variance")) {
      return sampleVariance(values);
    }
    if (values.isEmpty()) {
      return null;
    }
    if (function.equals("top_k")) {
      return values.stream().sorted(Comparator.reverseOrder()).limit(3).toList();
    }
    BigInteger sum =
        values.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
    return switch (function) {
      case "sum" -> sum.longValueExact();
      case "avg" -> new BigDecimal(sum).doubleValue() / values.size();
      case "min" -> values.stream().min(Comparator.naturalOrder()).orElseThrow();
      default -> values.stream().max(Comparator.naturalOrder()).orElseThrow();
    };
  }
}
