package dev.millrace.benchmarks.online;

import dev.millrace.pipelines.stores.Topic;
import java.util.Random;

/** Messages to the payments' topic of which no row can be accepted. */
final class Poison {
  /** So many messages are before the first that is too old, so that something newer is known. */
  private static final int OLD_AFTER = 50_000;

  private static final int LARGE_BYTES = 10 << 20;
  private static final int ONE_IN_LARGE = 200;

  private Poison() {}

  /**
   * One of them.
   *
   * @param number of the message
   */
  static Topic.Message draw(Random random, long number) {
    String key = "c" + random.nextInt(Payments.CUSTOMERS);
    if (random.nextInt(ONE_IN_LARGE) == 0) {
      return new Topic.Message(key, "x".repeat(LARGE_BYTES));
    }
    String value =
        switch (random.nextInt(number > OLD_AFTER ? 7 : 6)) {
          case 0 -> "no json " + number;
          case 1 -> "[" + number + "]";
          case 2 -> payment("\"one\"", "\"" + key + "\"", "2024-03-01T00:00:00Z", "\"much\"");
          case 3 -> payment("-" + number, "null", "2024-03-01T00:00:00Z", "1");
          case 4 -> payment("-" + number, "\"" + key + "\"", "2150-01-01T00:00:00Z", "1");
          case 5 -> payment("-" + number, "\"" + key + "\"", "2024-03-01T00:00:00Z", "1e9");
          default -> payment("-" + number, "\"" + key + "\"", "2024-01-01T00:00:00Z", "1");
        };
    return new Topic.Message(key, value);
  }

  private static String payment(String id, String customer, String at, String amount) {
    return "{\"id\":%s,\"customer\":%s,\"shop\":\"s1\",\"at\":\"%s\",\"amount\":%s}"
        .formatted(id, customer, at, amount);
  }
}
