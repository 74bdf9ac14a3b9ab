package dev.millrace.benchmarks.meaning;

import dev.millrace.benchmarks.Fork;
import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.Window;

/** Definitions such as a large house has: each its own expressions, three features, two windows. */
final class Definitions {
  static final int COUNT = 5_000;

  private Definitions() {}

  public static void main(String[] arguments) {
    plan(0, 1);
    long start = System.nanoTime();
    plan(1, COUNT + 1);
    Fork.tell("definitions", (System.nanoTime() - start) / 1e9);
  }

  /** Parses, checks and plans those of these numbers. */
  private static void plan(int from, int to) {
    Entity customer = Entity.named("customer").key("customer", PrimitiveType.STRING);
    Source payments =
        Source.parquet("payments", "payments")
            .column("customer", PrimitiveType.STRING)
            .column("paid_at", PrimitiveType.TIMESTAMP)
            .column("amount", PrimitiveType.DOUBLE)
            .column("items", PrimitiveType.INT)
            .eventTime("paid_at")
            .build();
    int planned = 0;
    for (int i = from; i < to; i++) {
      FeatureView view =
          FeatureView.named("spend_" + i)
              .entity(customer)
              .from(payments)
              .where("amount > " + i)
              .feature("total", Aggregations.sum("amount * " + (i + 1)), Window.hours(24))
              .feature(
                  "large", Aggregations.avg("if(amount > " + i + ", 1.0, 0.0)"), Window.days(7))
              .feature("items", Aggregations.max("items"), Window.hours(1))
              .build();
      planned += view.space().length();
    }
    if (planned == 0) {
      throw new IllegalStateException("nothing was planned");
    }
  }
}
