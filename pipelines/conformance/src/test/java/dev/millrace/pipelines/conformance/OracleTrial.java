package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.conformance.NaiveOracle.Event;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.local.LocalEngine;
import dev.millrace.pipelines.local.Script;
import dev.millrace.transforms.aggregation.AggregateCall;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One seeded stream: the local engine runs it in an order of its own, and again as batches that
 * come late, out of order and twice, whose tiles are merged; the oracle says what must come out.
 */
final class OracleTrial {
  private static final long MINUTE = 60_000_000L;
  private static final Location SOURCE = new Location.Memory("events");
  private static final Schema SCHEMA =
      Schema.of(
          new Column("k", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("x", PrimitiveType.DOUBLE),
          new Column("n", PrimitiveType.LONG));
  private static final List<AggregateCall> OF_WHOLE_NUMBERS =
      List.of(
          Aggregations.sampleVariance("n"),
          Aggregations.last("n"),
          Aggregations.countDistinct("n", 10_000),
          Aggregations.topK("n", 3));
  private static final List<WindowedFeature> FEATURES = features();
  private static final double[] NASTY = {
    0.0,
    -0.0,
    1e16,
    1,
    -1e16,
    0.1,
    1e300,
    -1e300,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private final Random random;
  private final boolean nasty;

  /** Enough additions to one key that carries move up in the sums. */
  private final boolean large;

  private final long base;

  OracleTrial(long seed) {
    this.random = new Random(seed);
    this.nasty = seed % 4 == 0;
    this.large = seed % 40 == 12 || seed % 40 == 13;
    this.base =
        1_709_251_200_000_000L
            + random.nextInt(100_000) * MINUTE
            - (seed % 3) * 86_400_000_000L * 20_000;
  }

  private static List<WindowedFeature> features() {
    List<Window> windows =
        List.of(
            Window.hours(1),
            new Window("30m", 30 * MINUTE, 7 * MINUTE),
            new Window("2h", 120 * MINUTE, 60 * MINUTE),
            new Window("exact", 20 * MINUTE, 1),
            Window.lifetime());
    List<WindowedFeature> features = new ArrayList<>();
    for (Window window : windows) {
      for (String input : List.of("x", "n")) {
        for (String function : List.of("count", "sum", "avg", "min", "max")) {
          features.add(
              new WindowedFeature(
                  function + "_" + input + "_" + window.name(),
                  new AggregateCall(function, List.of(input)),
                  window));
        }
      }
      for (AggregateCall call : OF_WHOLE_NUMBERS) {
        features.add(new WindowedFeature(call.function() + "_" + window.name(), call, window));
      }
    }
    return List.copyOf(features);
  }

  /** How many values were compared. */
  record Outcome(long values, long differing) {}

  Outcome run() {
    List<Event> events = events(large ? 1_500 : 30 + random.nextInt(60));
    Instant start = instant(base + random.nextInt(60) * MINUTE);
    Emit.Every times =
        new Emit.Every(start, start.plusSeconds(6 * 3600), (10 + random.nextInt(20)) * MINUTE / 2);
    WindowAggregate plan =
        new WindowAggregate(
            new Events("trial", new Scan(SOURCE, SCHEMA), List.of("k"), "at", FEATURES), times);
    Map<List<?>, List<?>> wanted = oracle(events, times);
    Collections.shuffle(events, random);
    LocalEngine engine = LocalEngine.empty().hold(SOURCE, new Rows(SCHEMA, rows(events)));
    long differing = differing(wanted, engine.collect(plan));
    Script script = script(events);
    differing += differing(wanted, engine.stream(plan, SOURCE, script).rows());
    return new Outcome(2L * wanted.size() * FEATURES.size(), differing);
  }

  private List<Event> events(int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long time =
          base
              + random.nextInt(480) * MINUTE
              + new long[] {0, 0, 1, -1, 30_000_000}[random.nextInt(5)];
      Double x = random.nextInt(10) == 0 ? null : (Double) number();
      Long n =
          random.nextInt(10) == 0 ? null : (Long) (random.nextLong() >> (8 + random.nextInt(50)));
      events.add(new Event("k" + random.nextInt(large ? 1 : 3), time, x, n));
    }
    return events;
  }

  private double number() {
    if (nasty && random.nextInt(3) == 0) {
      return NASTY[random.nextInt(NASTY.length)];
    }
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(1000) / 100.0;
      case 1 -> random.nextGaussian() * 1e6;
      default -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(80) - 40);
    };
  }

  private Script script(List<Event> events) {
    Script script = Script.start();
    List<Event> left = new ArrayList<>(events);
    Collections.shuffle(left, random);
    int batch = 0;
    while (!left.isEmpty()) {
      List<Event> part = left.subList(0, 1 + random.nextInt(Math.min(12, left.size())));
      script = script.deliver("b" + batch, rows(part));
      part.clear();
      if (random.nextInt(3) == 0) {
        script = script.deliverAgain("b" + random.nextInt(batch + 1));
      }
      if (random.nextInt(3) == 0) {
        script = script.watermark(instant(base + random.nextInt(480) * MINUTE));
      }
      batch++;
    }
    return script;
  }

  private static List<List<@Nullable Object>> rows(List<Event> events) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Event event : events) {
      rows.add(Arrays.asList(event.key(), instant(event.time()), event.x(), event.n()));
    }
    return rows;
  }

  private static Map<List<?>, List<?>> oracle(List<Event> events, Emit.Every times) {
    Map<List<?>, List<?>> wanted = new LinkedHashMap<>();
    for (String key : List.of("k0", "k1", "k2")) {
      List<Event> ofKey = events.stream().filter(event -> event.key().equals(key)).toList();
      for (Instant at = times.start();
          at.isBefore(times.end());
          at = at.plus(times.period(), ChronoUnit.MICROS)) {
        long time = ChronoUnit.MICROS.between(Instant.EPOCH, at);
        boolean any =
            FEATURES.stream().anyMatch(f -> !NaiveOracle.seen(ofKey, f.window(), time).isEmpty());
        if (any) {
          List<@Nullable Object> values = new ArrayList<>();
          FEATURES.forEach(feature -> values.add(NaiveOracle.value(feature, ofKey, time)));
          wanted.put(List.of(key, at), values);
        }
      }
    }
    return wanted;
  }

  /** {@code Double.equals} tells bits apart. */
  private static long differing(Map<List<?>, List<?>> wanted, Rows found) {
    long differing = Math.abs(wanted.size() - found.values().size());
    for (List<@Nullable Object> row : found.values()) {
      List<?> values = wanted.get(row.subList(0, 2));
      for (int i = 0; i < FEATURES.size(); i++) {
        if (values == null || !java.util.Objects.equals(values.get(i), row.get(i + 2))) {
          differing++;
        }
      }
    }
    return differing;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
