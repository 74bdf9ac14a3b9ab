package dev.millrace.pipelines.beam;

import static dev.millrace.pipelines.beam.StreamBed.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.transforms.problem.MillraceException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream of Google's own Pub/Sub, into a real Delta and a real Redis. */
@Timeout(120)
class PubsubStreamTest {
  private static final Instant AT = FIRST.plusSeconds(3_600);
  private static final String UNREAD = " [the message cannot be read, shop is null, at is null]";

  private static StreamBed bed;
  private static PubsubServer server;

  @TempDir Path dir;
  private int starts;
  private final BeamEngine batch = Direct.engine();

  @BeforeAll
  static void start() throws Exception {
    server = new PubsubServer();
    bed = new StreamBed();
  }

  @AfterAll
  static void stop() throws Exception {
    if (bed != null) {
      bed.close();
      server.close();
    }
  }

  /** A stream that runs, and what it did. */
  private final class Running implements AutoCloseable {
    private final Following following;
    private long messages;
    private long last;

    Running(StreamTest.Runner runner, Location stream) {
      following =
          runner
              .engine(server.options())
              .follow(
                  bed.follow(stream, dir),
                  FollowSettings.at(dir.resolve("checkpoint-" + starts++).toString())
                      .every(Duration.ofMillis(300)),
                  this::done);
    }

    private synchronized void done(Following.Batch done) {
      messages += done.messages();
      last = done.position();
      notifyAll();
    }

    /** Returns when all of so many messages are in both stores. */
    synchronized void await(int count) throws InterruptedException {
      while (messages < count) {
        wait();
      }
      bed.awaitOnline(dir, last);
      assertThat(messages).isEqualTo(count);
    }

    @Override
    public void close() {
      following.close();
    }
  }

  private Location.Pubsub subscription(String name) throws Exception {
    server.subscription(name);
    return Location.Pubsub.subscription("main", name, Messages.json());
  }

  private void assertEqualStores(Instant time) {
    var offline = StreamBed.offline(batch, dir, time);
    assertThat(offline).isNotEmpty();
    assertThat(bed.online(dir, offline.keySet(), time)).isEqualTo(offline);
  }

  private static String path(String subscription) {
    return "projects/millrace-test/subscriptions/" + subscription;
  }

  @ParameterizedTest
  @EnumSource(StreamTest.Runner.class)
  void streamOnlineAndBatchGiveTheSameBytes(StreamTest.Runner runner) throws Exception {
    Location.Pubsub stream = subscription("equal-" + runner);
    // What Pub/Sub delivers is in no order, and within the retention.
    List<String> messages =
        StreamBed.drawn(runner == StreamTest.Runner.DIRECT ? 150 : 2_000, 1, Duration.ofDays(2));
    List<String> more = StreamBed.drawn(100, 2, Duration.ofDays(2));
    var first = server.sendTexts(stream.name(), messages);
    assertThat(first).hasSameSizeAs(messages);
    try (Running running = new Running(runner, stream)) {
      running.await(messages.size());
      assertEqualStores(FIRST.plus(Duration.ofDays(2)));
      var unused = server.sendTexts(stream.name(), more);
      running.await(messages.size() + more.size());
    }

    List<String> all = new ArrayList<>(messages);
    all.addAll(more);
    long distinct = all.stream().distinct().count();
    assertThat(StreamBed.log(batch, dir).values()).hasSize((int) distinct).doesNotHaveDuplicates();
    assertThat(StreamBed.aside(batch, dir))
        .hasSize((int) (all.size() - distinct))
        .allMatch(told -> told.startsWith(path(stream.name()) + " m"))
        .allMatch(told -> told.endsWith(": null [duplicate of another row in (shop, at, spent)]"));
    assertEqualStores(FIRST.plus(Duration.ofDays(2)));
  }

  @ParameterizedTest
  @EnumSource(StreamTest.Runner.class)
  void whatIsDeliveredAgainIsTakenOnce(StreamTest.Runner runner) throws Exception {
    Location.Pubsub stream = subscription("again-" + runner);
    List<String> messages = StreamBed.drawn(70, 3, Duration.ofDays(1));
    int count = messages.size() + 1;
    server.lose();
    List<String> first = new ArrayList<>(server.sendTexts(stream.name(), messages));
    first.addAll(server.sendTexts(stream.name(), List.of("no json")));
    List<String> second;
    try (Running running = new Running(runner, stream)) {
      running.await(count);
      var delivered = server.deliveries(first);
      server.deliverAgain(stream.name(), first);
      server.awaitDeliveries(delivered);
      var later = server.sendTexts(stream.name(), List.of(StreamBed.json("later", AT, 1)));
      running.await(count + later.size());
      server.lose();
      second = server.sendTexts(stream.name(), StreamBed.drawn(70, 4, Duration.ofDays(1)));
      running.await(count + later.size() + second.size());
    }

    // The next start knows what the log has, and Pub/Sub gives what it had no acknowledgement of.
    var delivered = server.deliveries(second);
    server.deliverAgain(stream.name(), second);
    List<String> third =
        server.sendTexts(stream.name(), StreamBed.drawn(70, 5, Duration.ofDays(1)));
    try (Running running = new Running(runner, stream)) {
      running.await(third.size());
      server.awaitDeliveries(delivered);
      var last = server.sendTexts(stream.name(), List.of(StreamBed.json("last", AT, 1)));
      running.await(third.size() + last.size());
    }
    assertThat(StreamBed.log(batch, dir).values()).doesNotHaveDuplicates();
    assertThat(StreamBed.aside(batch, dir)).doesNotHaveDuplicates();
    assertThat(StreamBed.log(batch, dir).values().size() + StreamBed.aside(batch, dir).size())
        .isEqualTo(first.size() + second.size() + third.size() + 2);
    assertEqualStores(FIRST.plus(Duration.ofDays(1)));
  }

  @ParameterizedTest
  @EnumSource(StreamTest.Runner.class)
  void whatCannotBeReadIsSetAsideWithItsIdAndReason(StreamTest.Runner runner) throws Exception {
    Location.Pubsub stream =
        subscription("poison-" + runner).withIdAttribute("event").withTimestampAttribute("sent");
    String good = StreamBed.json("a", AT, 1);
    List<PubsubServer.Sent> messages =
        List.of(
            sent(good, "one", "2024-01-01T01:00:00.5+00:00"),
            sent(StreamBed.json("a", AT, 9), "one", "0"),
            sent("no json", "two", "1704070800000"),
            sent("", "three", "1704070800000"),
            sent(" ".repeat((1 << 20) + 1), "four", "1704070800000"),
            sent(StreamBed.json(null, AT, 1), "five", "1704070800000"),
            sent(StreamBed.json("a", AT.plusSeconds(3_601), 1), "six", "1704070800000"),
            sent(StreamBed.json("a", AT, 2), "seven", "yesterday"),
            sent(StreamBed.json("a", AT, 3), "eight", "99999999999999999999"),
            sent(
                StreamBed.json("a", Instant.now().plus(Duration.ofDays(10)), 4),
                "nine",
                "9223372036854775807"),
            new PubsubServer.Sent(StreamBed.json("a", AT, 5), Map.of("event", "ten")),
            new PubsubServer.Sent(StreamBed.json("a", AT, 6), Map.of("sent", "1704070800000")));
    String place = path(stream.name()) + " ";
    try (Running running = new Running(runner, stream)) {
      // The first alone, so that it is known which comes first.
      var first = server.send(stream.name(), messages.subList(0, 1));
      assertThat(first).hasSize(1);
      running.await(1);
      List<String> ids = server.send(stream.name(), messages.subList(1, messages.size()));
      running.await(messages.size() - 1);

      assertThat(StreamBed.log(batch, dir).values()).hasSize(1);
      assertThat(StreamBed.aside(batch, dir))
          .containsExactlyInAnyOrder(
              place + "two: it is no JSON object" + UNREAD,
              place + "three: it has no value" + UNREAD,
              place + "four: it is 1048577 bytes long, and 1048576 are read" + UNREAD,
              place + "five: null [shop is null]",
              place + "six: null [it happened more than PT1H after its message was sent]",
              place
                  + "seven: its attribute 'sent' does not say when it was sent: 'yesterday'"
                  + UNREAD,
              place
                  + "eight: its attribute 'sent' does not say when it was sent:"
                  + " '99999999999999999999'"
                  + UNREAD,
              place + "nine: null [it happened more than PT1H after its message was sent]",
              place
                  + "ten: its attribute 'sent' does not say when it was sent: it has none"
                  + UNREAD,
              place
                  + ids.get(ids.size() - 1)
                  + ": it has no attribute 'event', which is to name it"
                  + UNREAD);
    }
  }

  private static PubsubServer.Sent sent(String data, String event, String time) {
    return new PubsubServer.Sent(data, Map.of("event", event, "sent", time));
  }

  @Test
  void aTopicHasASubscriptionForEachLog() throws Exception {
    server.topic("visits");
    var before = server.sendTexts("visits", List.of(StreamBed.json("before", AT, 1)));
    assertThat(before).hasSize(1);
    Location.Pubsub stream = Location.Pubsub.topic("main", "visits", Messages.json());
    try (Running running = new Running(StreamTest.Runner.DIRECT, stream)) {
      var unused = server.sendTexts("visits", List.of(StreamBed.json("a", AT, 1)));
      running.await(1);
    }
    var meanwhile = server.sendTexts("visits", List.of(StreamBed.json("b", AT, 1)));
    assertThat(meanwhile).hasSize(1);
    try (Running running = new Running(StreamTest.Runner.DIRECT, stream)) {
      running.await(1);
    }
    assertThat(StreamBed.log(batch, dir).column("shop")).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void whatIsNotThereIsSaidAtLaunch() throws Exception {
    server.topic("purchases");
    assertRefused(
        Location.Pubsub.subscription("main", "no-such", Messages.json()),
        "Cannot follow subscription 'no-such': project 'millrace-test' of Pub/Sub has no"
            + " subscription of that name. Make it, or follow its topic.");
    assertThatThrownBy(
            () ->
                new Running(
                    StreamTest.Runner.DIRECT,
                    Location.Pubsub.topic("main", "purchase", Messages.json())))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot resolve topic 'purchase' in project 'millrace-test'")
        .hasMessageContaining("Did you mean 'purchases'?");
    assertRefused(
        Location.Pubsub.subscription("other", "no-such", Messages.json()),
        "Cannot connect to pubsub 'other': the options do not say where it is. Give"
            + " --connections={\"pubsub.other.project\": ...}.");
  }

  @Test
  void anEndpointThatNobodyServesIsSaidAtLaunch() throws Exception {
    int free;
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    List<String> options = new ArrayList<>(server.options());
    options.set(0, "--pubsubRootUrl=http://127.0.0.1:" + free);
    Location stream = Location.Pubsub.subscription("main", "visits", Messages.json());
    assertThatThrownBy(
            () ->
                StreamTest.Runner.DIRECT
                    .engine(options)
                    .follow(
                        bed.follow(stream, dir),
                        FollowSettings.at(dir.resolve("unused").toString()),
                        done -> {}))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot look at subscription 'visits' of Pub/Sub at http://127.0.0.1:"
                + free
                + ": it does not answer within 20 s. Check that it can be reached, and that the"
                + " credentials may get it.");
    assertThat(dir.resolve("log")).doesNotExist();
  }

  private void assertRefused(Location stream, String message) {
    assertThatThrownBy(() -> new Running(StreamTest.Runner.DIRECT, stream))
        .isInstanceOf(MillraceException.class)
        .hasMessage(message);
  }

  @Test
  void whatItHoldsIsNotKnown() throws Exception {
    Location.Pubsub stream = subscription("endless");
    try (Running running = new Running(StreamTest.Runner.DIRECT, stream)) {
      assertThatThrownBy(running.following::drain)
          .isInstanceOf(MillraceException.class)
          .hasMessageEndingWith(
              "is read to its end: Pub/Sub does not say how many messages it holds. Follow it until"
                  + " it is stopped.");
    }
  }
}
