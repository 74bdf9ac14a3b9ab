package dev.millrace.benchmarks.online;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.max;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.LONG;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;

import dev.millrace.features.Entity;
import dev.millrace.features.FeatureView;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.Messages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Payments of customers to shops, a second apart: one in twenty comes up to an hour late, one in a
 * hundred twice.
 */
final class Payments {
  static final String TOPIC = "payments";
  static final int CUSTOMERS = 5_000;
  static final int SHOPS = 300;

  private static final Instant FIRST = Instant.parse("2024-03-01T00:00:00Z");
  private static final int LONGEST_LATE = 3_600;
  private static final int ONE_IN_LATE = 20;
  private static final int ONE_IN_TWICE = 100;

  private final Random random = new Random(7);
  private final List<String> earlier = new ArrayList<>();
  private long next;

  /** One of them. */
  record Payment(String customer, String json) {}

  /** How many there have been, each counted once. */
  long drawn() {
    return next;
  }

  /** The next to be sent. */
  Payment draw() {
    if (!earlier.isEmpty() && random.nextInt(ONE_IN_TWICE) == 0) {
      String again = earlier.get(random.nextInt(earlier.size()));
      return new Payment(
          again.substring(0, again.indexOf('{')), again.substring(again.indexOf('{')));
    }
    long id = next++;
    long second = random.nextInt(ONE_IN_LATE) == 0 ? id - random.nextInt(LONGEST_LATE) : id;
    double skewed = random.nextDouble();
    String customer = "c" + (int) (CUSTOMERS * skewed * skewed);
    String json =
        "{\"id\":%d,\"customer\":\"%s\",\"shop\":\"s%d\",\"at\":\"%s\",\"amount\":%s}"
            .formatted(
                id,
                customer,
                random.nextInt(SHOPS),
                FIRST.plusSeconds(second).plusNanos(id % 1_000_000 * 1_000),
                Math.round(random.nextGaussian() * 1e4) / 100.0 + random.nextDouble());
    String kept = customer + json;
    if (earlier.size() < 10_000) {
      earlier.add(kept);
    } else {
      earlier.set(random.nextInt(earlier.size()), kept);
    }
    return new Payment(customer, json);
  }

  /**
   * The source.
   *
   * @param files where a batch would find them
   */
  static Source source(String files) {
    return Source.json("payments", files)
        .column("id", LONG)
        .column("customer", STRING)
        .column("shop", STRING)
        .column("at", TIMESTAMP)
        .column("amount", DOUBLE)
        .expect(
            notNull("customer").orQuarantine(),
            between("amount", -100_000, 100_000).orQuarantine(),
            unique("id").orQuarantine())
        .eventTime("at")
        .stream("main", TOPIC, Messages.json())
        .build();
  }

  static List<FeatureView> views(Source source) {
    return List.of(
        FeatureView.named("customer_spend")
            .entity(Entity.named("customer").key("customer", STRING))
            .from(source)
            .feature("spent", sum("amount"), hours(1), hours(24), days(7))
            .feature("mean", avg("amount"), hours(24), days(7))
            .feature("most", max("amount"), hours(24), days(7))
            .feature("payments", count(), hours(1), hours(24), days(7))
            .online(Duration.ofDays(30))
            .build(),
        FeatureView.named("shop_income")
            .entity(Entity.named("shop").key("shop", STRING))
            .from(source)
            .feature("income", sum("amount"), hours(1), hours(24), days(7))
            .feature("payments", count(), hours(1), hours(24))
            .online(Duration.ofDays(30))
            .build());
  }
}
