package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.transforms.window.Window;
import java.math.BigDecimal;
import java.math.BigInteger;
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
      case "n" -> ofLongs(feature.call().function(), present(seen, Event::n));
      default -> (long) seen.size();
    };
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

  private static @Nullable Object ofLongs(String function, List<Long> values) {
    if (function.equals("count")) {
      return (long) values.size();
    }
    if (values.isEmpty()) {
      return null;
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
