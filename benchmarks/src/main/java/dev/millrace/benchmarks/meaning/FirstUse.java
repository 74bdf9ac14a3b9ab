package dev.millrace.benchmarks.meaning;

import dev.millrace.benchmarks.Fork;
import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.LocalValues;
import dev.millrace.features.Millrace;
import dev.millrace.features.Source;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.expression.Expressions;
import dev.millrace.transforms.expression.PlainRows;
import dev.millrace.transforms.expression.RowProjection;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.Window;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a person waits for in a JVM of its own: the first expression, another one, a test of a view.
 */
final class FirstUse {
  private static final int TIMES = 20;
  private static final Instant NOON = Instant.parse("2024-03-01T12:00:00Z");

  private FirstUse() {}

  public static void main(String[] arguments) {
    compile(0);
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    Fork.tell("cold", (System.currentTimeMillis() - started) / 1e3);
    double slowest = 0;
    for (int i = 1; i <= TIMES; i++) {
      int each = i;
      slowest = Math.max(slowest, milliseconds(() -> compile(each)));
    }
    Fork.tell("warm", slowest);
    test(0);
    slowest = 0;
    for (int i = 1; i <= TIMES; i++) {
      int each = i;
      slowest = Math.max(slowest, milliseconds(() -> test(each)));
    }
    Fork.tell("test", slowest);
  }

  private static double milliseconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  /** A five-operator expression that was never seen, compiled and computed on a row. */
  private static void compile(int number) {
    Schema schema =
        Schema.of(
            new Column("a", PrimitiveType.DOUBLE),
            new Column("b" + number, PrimitiveType.DOUBLE),
            new Column("c", PrimitiveType.DOUBLE));
    RowProjection projection =
        Expressions.compile(
            List.of("(a + b%d) * c - %d / a > b%d".formatted(number, number + 2, number)), schema);
    require(
        projection
            .apply(PlainRows.toCatalyst(schema, List.of(2.0, 1.0, 3.0 + number)))
            .getBoolean(0));
  }

  /** What a user's unit test does: a view that was never seen, over three events. */
  private static void test(int number) {
    Source payments =
        Source.parquet("payments", "payments")
            .column("customer", PrimitiveType.STRING)
            .column("paid_at", PrimitiveType.TIMESTAMP)
            .column("amount", PrimitiveType.DOUBLE)
            .eventTime("paid_at")
            .build();
    FeatureView spend =
        FeatureView.named("spend_" + number)
            .entity(Entity.named("customer").key("customer", PrimitiveType.STRING))
            .from(payments)
            .where("amount > " + number)
            .feature("total", Aggregations.sum("amount * " + (number + 1)), Window.hours(1))
            .feature("payments", Aggregations.count(), Window.hours(24))
            .build();
    LocalValues values =
        Millrace.local()
            .run(
                spend,
                List.of(
                    paid(NOON.minusSeconds(60), number + 2.0),
                    paid(NOON.minusSeconds(7200), number + 3.0),
                    paid(NOON, 1e9)));
    require(
        Map.of("total_1h", (number + 1) * (number + 2.0), "payments_24h", 2L)
            .equals(values.at(NOON).of("ann")));
  }

  private static Map<String, Object> paid(Instant at, double amount) {
    return Map.of("customer", "ann", "paid_at", at, "amount", amount);
  }

  private static void require(boolean right) {
    if (!right) {
      throw new IllegalStateException("a wrong value: its time says nothing");
    }
  }
}
