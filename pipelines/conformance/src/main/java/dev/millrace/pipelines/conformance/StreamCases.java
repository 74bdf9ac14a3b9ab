package dev.millrace.pipelines.conformance;

import static dev.millrace.transforms.expectation.Expectations.mean;

import dev.millrace.pipelines.conformance.StreamTrial.Message;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What comes in streams, late and broken too. */
public final class StreamCases {
  private static final Instant FIRST = Instant.parse("2024-01-01T01:00:00Z");
  private static final Instant NEWEST = FIRST.plus(Duration.ofDays(5));
  private static final String UNREAD = " [the message cannot be read, shop is null, at is null]";

  private StreamCases() {}

  /** All of them. */
  public static List<StreamCase> all() {
    return Stream.concat(ofOneStart().stream(), ofSeveralStarts().stream()).toList();
  }

  private static List<StreamCase> ofOneStart() {
    return List.of(
        new StreamCase(
            "what cannot be read, or does not hold, is set aside with its place and reason",
            StreamCases::isSetAside),
        new StreamCase(
            "of rows that agree the first that came stays, and bits tell them",
            StreamCases::isRepeated),
        new StreamCase(
            "a log that a stream goes into is not replaced as a whole",
            StreamCases::isNotReplaced));
  }

  /** Those that start the stream more than once, whose starts may be of engines in turn. */
  public static List<StreamCase> ofSeveralStarts() {
    return List.of(
        new StreamCase(
            "rows are let in as long as the newest of earlier batches is not too far ahead",
            StreamCases::isTooOld),
        new StreamCase("numbers of all rows are those of all batches", StreamCases::isOutOfBounds),
        new StreamCase(
            "what the log says is set aside is put there by the next start",
            StreamCases::isFinished),
        new StreamCase(
            "messages that are gone before they were read are an error, unless they are given up",
            StreamCases::isGone));
  }

  private static void isSetAside(StreamTrial trial) throws Exception {
    trial.send(
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
        text("{\"shop\":\"ü\",\"at\":\"2024-01-01T01:00:00.000001Z\",\"more\":[]}"));
    trial.drain();
    trial.requireLog(List.of(Arrays.asList("ü", FIRST.plusNanos(1_000), null)));
    trial.requireAside(
        "0: it is no JSON object" + UNREAD,
        "1: it is no JSON object" + UNREAD,
        "2: a value is not of its column's type [the message cannot be read, at is null]",
        "3: it is 1048577 bytes long, and 1048576 are read" + UNREAD,
        "4: it has no key" + UNREAD,
        "5: it has no value" + UNREAD,
        "6: read [shop is null]",
        "7: read [it happened more than PT1H after its message was sent]",
        "8: read [at is null]",
        "9: read [spent is outside [-100, 100]: 500.0]");
  }

  private static void isTooOld(StreamTrial trial) throws Exception {
    Instant oldest = NEWEST.minus(Duration.ofHours(73));
    trial.send(text(json("a", FIRST, 1)), text(json("a", NEWEST, 2)));
    trial.drain();
    trial.send(
        text(json("a", oldest, 3)),
        text(json("a", oldest.minusNanos(1_000), 4)),
        text(json("a", NEWEST.plus(Duration.ofDays(9)), 5)),
        text(json("a", NEWEST.minus(Duration.ofDays(3)), 6)));
    trial.drain();
    trial.requireLog(
        List.of(
            List.of("a", FIRST, 1.0),
            List.of("a", NEWEST, 2.0),
            List.of("a", oldest, 3.0),
            List.of("a", NEWEST.plus(Duration.ofDays(9)), 5.0),
            List.of("a", NEWEST.minus(Duration.ofDays(3)), 6.0)));
    trial.requireAside(
        "3: read [it happened more than PT73H before the newest, of 2024-01-06T01:00:00Z]");
  }

  private static void isRepeated(StreamTrial trial) throws Exception {
    trial.send(
        text(json("a", FIRST, 0.0)),
        text(json("a", FIRST.plusNanos(1_000), 0.0)),
        text(json("a", FIRST, 0.0)),
        text(json("b", FIRST, 0.0)),
        text("{\"spent\":0,\"at\":\"2024-01-01T02:00:00+01:00\",\"shop\":\"b\"}"));
    trial.drain();
    trial.requireLog(
        List.of(
            List.of("a", FIRST, 0.0),
            List.of("a", FIRST.plusNanos(1_000), 0.0),
            List.of("b", FIRST, 0.0)));
    trial.requireAside(
        "2: read [duplicate of another row in (shop, at, spent)]",
        "4: read [duplicate of another row in (shop, at, spent)]");
  }

  private static void isOutOfBounds(StreamTrial trial) throws Exception {
    trial.expect(mean("spent", 0, 10).orFail());
    trial.send(text(json("a", FIRST, 30)), text(json("b", FIRST, -30)), text("no json"));
    trial.drain();
    // Of its own batch the mean is 20; of all rows it is 10.
    trial.send(text(json("c", FIRST, 20)), text(json("d", FIRST, 20)));
    trial.drain();
    trial.send(text(json("e", FIRST, 20)));
    requireError("mean of spent", trial::drain);
    trial.requireLog(
        List.of(
            List.of("a", FIRST, 30.0),
            List.of("b", FIRST, -30.0),
            List.of("c", FIRST, 20.0),
            List.of("d", FIRST, 20.0)));
    trial.requireAside("2: it is no JSON object" + UNREAD);
  }

  private static void isFinished(StreamTrial trial) throws Exception {
    trial.send(text(json("a", FIRST, 1)), text("no json"));
    trial.drain();
    trial.takeBack("quarantine");
    trial.requireAside();
    trial.drain();
    trial.requireAside("1: it is no JSON object" + UNREAD);
    trial.send(text("nor this"));
    trial.drain();
    trial.requireLog(List.of(List.of("a", FIRST, 1.0)));
    trial.requireAside("1: it is no JSON object" + UNREAD, "2: it is no JSON object" + UNREAD);
  }

  private static void isNotReplaced(StreamTrial trial) throws Exception {
    trial.send(text(json("a", FIRST, 1)), text(json("b", FIRST, 2)));
    trial.drain();
    String log = trial.table("log").path();
    Write copy = new Write(visits(trial, "log"), Sink.Delta.whole(log + "-copy"));
    trial.engine().run(copy);
    Write over = new Write(visits(trial, "log-copy"), Sink.Delta.whole(log));
    requireError(
        "Cannot replace all of "
            + log
            + ": a stream goes into it, and what it brought would be"
            + " gone",
        () -> trial.engine().run(over));
    trial.requireLog(List.of(List.of("a", FIRST, 1.0), List.of("b", FIRST, 2.0)));
  }

  private static Scan visits(StreamTrial trial, String table) {
    return new Scan(trial.table(table), StreamTrial.VISITS);
  }

  private static void isGone(StreamTrial trial) throws Exception {
    trial.send(text(json("a", FIRST, 1)), text(json("b", FIRST, 2)));
    trial.drain();
    trial.send(text(json("c", FIRST, 3)), text(json("d", FIRST, 4)));
    trial.forget(3);
    requireError(
        "its partition 0 was read up to 2 before, and begins at 3 now: its retention has passed"
            + " what is between. Bring those rows in from elsewhere if they matter, and start it"
            + " with their loss accepted (--accept-loss).",
        trial::drain);
    trial.requireLog(List.of(List.of("a", FIRST, 1.0), List.of("b", FIRST, 2.0)));
    trial.drain(FollowSettings::acceptingLoss);
    trial.send(text(json("e", FIRST, 5)));
    trial.drain();
    trial.requireLog(
        List.of(
            List.of("a", FIRST, 1.0),
            List.of("b", FIRST, 2.0),
            List.of("d", FIRST, 4.0),
            List.of("e", FIRST, 5.0)));
    trial.requireAside();
  }

  private static void requireError(String error, Runnable work) {
    RowsText.requireError(
        "a stream",
        error,
        () -> {
          work.run();
          return new Engine.Rows(StreamTrial.VISITS, List.of());
        });
  }

  private static Message text(String value) {
    return new Message("key", value);
  }

  private static String json(@Nullable String shop, Instant at, double spent) {
    String name = shop == null ? "null" : "\"" + shop + "\"";
    return "{\"shop\":%s,\"at\":\"%s\",\"spent\":%s}".formatted(name, at, spent);
  }
}
