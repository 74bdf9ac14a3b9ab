package dev.millrace.benchmarks.meaning;

import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.window.Window;

/** Definitions such as a large house has: each its own expressions, three features, two windows. */
final class Definitions {
  private Definitions() {}

  /** Seconds to parse, check and plan this many, in a JVM that has done none before. */
  static double seconds(int count) {
    long start = System.nanoTime();
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
    for (int i = 0; i < count; i++) {
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
    return (System.nanoTime() - start) / 1e9;
  }
}
