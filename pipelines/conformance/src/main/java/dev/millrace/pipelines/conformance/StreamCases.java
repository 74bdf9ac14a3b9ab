package dev.millrace.pipelines.conformance;

import dev.millrace.pipelines.conformance.StreamCase.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What comes in streams, late and broken too. */
public final class StreamCases {
  private static final Instant FIRST = Instant.parse("2024-01-01T01:00:00Z");
  private static final Instant NEWEST = FIRST.plus(Duration.ofDays(5));
  private static final String UNREAD = " [the message cannot be read, shop is null, at is null]";

  private StreamCases() {}

  /** All of them. */
  public static List<StreamCase> all() {
    return List.of(
        new StreamCase(
            "what cannot be read, or does not hold, is set aside with its place and reason",
            List.of(
                List.of(
                    text("no json"),
                    text("[1, 2]"),
                    text("{\"shop\":\"a\",\"at\":\"yesterday\",\"spent\":\"much\"}"),
                    text("x".repeat((1 << 20) + 1)),
                    new Message(null, json("a", FIRST, 1)),
                    new Message("a", null),
                    text(json(null, FIRST, 1)),
                    text(json("a", Instant.parse("2150-01-01T00:00:00Z"), 1)),
                    text("{\"shop\":\"a\",\"spent\":1}"),
                    text(json("a", FIRST, 500)),
                    text("{\"shop\":\"ü\",\"at\":\"2024-01-01T01:00:00.000001Z\",\"more\":[]}"))),
            List.of(Arrays.asList("ü", FIRST.plusNanos(1_000), null)),
            List.of(
                "0: it is no JSON object" + UNREAD,
                "1: it is no JSON object" + UNREAD,
                "2: a value is not of its column's type"
                    + " [the message cannot be read, at is null]",
                "3: it is 1048577 bytes long, and 1048576 are read" + UNREAD,
                "4: it has no key" + UNREAD,
                "5: it has no value" + UNREAD,
                "6: read [shop is null]",
                "7: read [it happened more than PT1H after its message was sent]",
                "8: read [at is null]",
                "9: read [spent is outside [-100, 100]: 500.0]")),
        new StreamCase(
            "rows are let in as long as the newest of earlier batches is not too far ahead",
            List.of(
                List.of(text(json("a", FIRST, 1)), text(json("a", NEWEST, 2))),
                List.of(
                    text(json("a", NEWEST.minus(Duration.ofHours(73)), 3)),
                    text(json("a", NEWEST.minus(Duration.ofHours(73)).minusNanos(1_000), 4)),
                    text(json("a", NEWEST.plus(Duration.ofDays(9)), 5)),
                    text(json("a", NEWEST.minus(Duration.ofHours(72)), 6)))),
            List.of(
                List.of("a", FIRST, 1.0),
                List.of("a", NEWEST, 2.0),
                List.of("a", NEWEST.minus(Duration.ofHours(73)), 3.0),
                List.of("a", NEWEST.plus(Duration.ofDays(9)), 5.0),
                List.of("a", NEWEST.minus(Duration.ofHours(72)), 6.0)),
            List.of(
                "3: read [it happened more than PT73H before the newest, of 2024-01-06T01:00:00Z]")),
        new StreamCase(
            "of rows that agree the first that came stays, and bits tell them",
            List.of(
                List.of(
                    text(json("a", FIRST, 0.0)),
                    text(json("a", FIRST.plusNanos(1_000), 0.0)),
                    text(json("a", FIRST, 0.0)),
                    text(json("b", FIRST, 0.0)),
                    text("{\"spent\":0,\"at\":\"2024-01-01T02:00:00+01:00\",\"shop\":\"b\"}"))),
            List.of(
                List.of("a", FIRST, 0.0),
                List.of("a", FIRST.plusNanos(1_000), 0.0),
                List.of("b", FIRST, 0.0)),
            List.of(
                "2: read [duplicate of another row in (shop, at, spent)]",
                "4: read [duplicate of another row in (shop, at, spent)]")));
  }

  private static Message text(String value) {
    return new Message("key", value);
  }

  private static String json(@Nullable String shop, Instant at, double spent) {
    String name = shop == null ? "null" : "\"" + shop + "\"";
    return "{\"shop\":%s,\"at\":\"%s\",\"spent\":%s}".formatted(name, at, spent);
  }
}
