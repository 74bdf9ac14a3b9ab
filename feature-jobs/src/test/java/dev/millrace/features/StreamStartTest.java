package dev.millrace.features;

import static dev.millrace.features.ShopStream.AFTER;
import static dev.millrace.features.ShopStream.drawn;
import static dev.millrace.features.ShopStream.sorted;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.Write;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Micros;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that is started again, after what may have come between. */
class StreamStartTest {
  private static StreamBed bed;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws Exception {
    bed = new StreamBed();
  }

  @AfterAll
  static void stop() throws Exception {
    bed.close();
  }

  /** A table is as before its last commit. */
  private static void takeBack(ShopStream shops, String table) throws IOException {
    Path log = Path.of(shops.workspace().path("sources", "visits", table), "_delta_log");
    Path last;
    try (Stream<Path> files = Files.list(log)) {
      last =
          files
              .filter(file -> file.getFileName().toString().matches("\\d+\\.json"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
    }
    Files.delete(last);
    String version = last.getFileName().toString().replace(".json", "");
    Files.deleteIfExists(log.resolve(version + ".crc"));
    Files.deleteIfExists(log.resolve("." + version + ".json.crc"));
    Files.deleteIfExists(log.resolve("." + version + ".crc.crc"));
    DeltaLog.clearCache();
  }

  @Test
  void whatTheLogSaysIsSetAsideIsPutThereByTheNextStart() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "aside", 1);
    shops.send(drawn(400, 3));
    shops.drain("checkpoint", 1_000);
    List<String> aside = sorted(shops.quarantine());
    assertThat(aside).isNotEmpty();

    // As after a kill between the two commits, with the checkpoint and without.
    for (String checkpoint : List.of("checkpoint", "another")) {
      takeBack(shops, "quarantine");
      assertThat(shops.quarantine()).isEmpty();
      bed.start(shops.job(), shops.workspace(), dir.resolve(checkpoint));
      assertThat(sorted(shops.quarantine())).isEqualTo(aside);
    }
  }

  @Test
  void aNewCheckpointTakesNothingOfABatchThatWasKilled() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "killed", 1);
    // What was seen before is lost with a checkpoint, so nothing comes twice.
    List<Map.Entry<String, String>> messages = drawn(500, 7).stream().distinct().toList();
    shops.send(messages.subList(0, 300));
    shops.drain("lost", 1_000);
    shops.send(messages.subList(300, 400));
    shops.send(List.of(Map.entry("shop0", "no JSON")));
    assertThat(shops.drain("lost", 1_000)).hasSize(1);

    // As after a kill when the tiles of the last batch were online and its rows were not in the
    // log.
    takeBack(shops, "events");
    takeBack(shops, "quarantine");
    shops.send(messages.subList(400, messages.size()));
    shops.drain("new", 150);
    assertThat(shops.events()).hasSize(messages.size());
    assertThat(shops.quarantine()).hasSize(1);
    shops.assertEqualStores();
  }

  @Test
  void aFirstBatchThatWasKilledIsNotCountedTwice() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "first", 1);
    List<Map.Entry<String, String>> messages = drawn(100, 17).stream().distinct().toList();
    shops.send(messages);
    shops.drain("lost", 1_000);
    takeBack(shops, "events");
    shops.drain("new", 1_000);
    assertThat(shops.events()).hasSize(messages.size());
    shops.assertEqualStores();
  }

  @Test
  void aLogThatIsMadeAnewBesideItsQuarantineSetsAsideAsBefore() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "anew", 1);
    shops.send(List.of(Map.entry("a", "no JSON"), Map.entry("b", "nor this")));
    shops.drain("lost", 1);
    FileUtils.deleteDirectory(
        Path.of(shops.workspace().path("sources", "visits", "events")).toFile());
    DeltaLog.clearCache();
    shops.drain("new", 1_000);
    assertThat(shops.quarantine()).as("both, read twice").hasSize(4);
  }

  @Test
  void aPartitionThatIsNewIsReadFromItsBeginning() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "grown", 1);
    shops.send(drawn(100, 18));
    shops.drain("lost", 1_000);
    bed.grow("grown", 2);
    List<Map.Entry<String, String>> more = drawn(100, 19);
    for (int i = 0; i < more.size(); i++) {
      bed.send("grown", i % 2, more.get(i).getKey(), more.get(i).getValue());
    }
    assertThat(shops.drain("new", 1_000).stream().mapToLong(Following.Batch::messages).sum())
        .isEqualTo(more.size());
    shops.assertEqualStores();
  }

  @Test
  void aTopicThatWasMadeAnewIsNotTakenForTheOneBefore() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "short", 1);
    shops.send(drawn(100, 20));
    shops.drain("lost", 1_000);
    bed.topicAnew("short");
    shops.send(drawn(100, 21).subList(0, 10));
    assertThatThrownBy(() -> shops.drain("new", 1_000))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("its partition 0 ends at 10,")
        .hasMessageContaining("it was made anew");
  }

  @Test
  void aLoadThatEndsBeforeWhatAStreamBroughtLeavesItThere() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "ahead", 1);
    shops.send(drawn(300, 22));
    shops.drain("checkpoint", 1_000);
    Write load = shops.load(ShopStream.FIRST.plus(Duration.ofDays(3)));
    assertThat(bed.engine.run(load).unchanged()).isTrue();
    shops.assertEqualStores();
    assertThat(bed.engine.run(shops.load(AFTER)).unchanged()).isFalse();
    shops.assertEqualStores();
  }

  @Test
  void clocksThatAreWrongTakeNothingFromOthers() throws Exception {
    String topic = "clocks";
    bed.topic(topic, 1);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Visits visits = new Visits(dir.resolve("visits"));
    visits.write(
        bed.engine,
        List.of(
            Visits.visit("a", now.minus(Duration.ofHours(3)), 1.0),
            Visits.visit("a", now.minus(Duration.ofHours(30)), 2.0),
            Visits.visit("far", Instant.parse("2094-01-01T00:00:00Z"), 4.0),
            Visits.visit("far", now.minus(Duration.ofHours(3)), 8.0)),
        1);
    Source source =
        visits.columns().expect(notNull("shop").orQuarantine()).stream(
                "main", topic, Messages.json())
            .build();
    FeatureView view = ShopStream.view(source);
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    var unused = new IngestJob(source).run(bed.engine, workspace);
    StreamJob job = new StreamJob(source, List.of(view));
    bed.send(
        topic,
        List.of(
            Map.entry("a", ShopStream.json("a", now.minus(Duration.ofMinutes(10)), 16.0)),
            Map.entry("b", ShopStream.json("b", now.plus(Duration.ofMinutes(30)), 32.0))));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 1_000);
    for (boolean isLoadedAgain : List.of(false, true)) {
      if (isLoadedAgain) {
        bed.forget();
        bed.start(job, workspace, dir.resolve("checkpoint"));
      }
      List<List<Object>> first = List.of(List.of("a"));
      Instant read = Instant.now();
      assertThat(bed.online(view, read, first).get(List.of("a")))
          .as("loaded again: %s", isLoadedAgain)
          .isEqualTo(bed.offline(view, workspace, read).get(List.of("a")))
          .startsWith(16.0, 17.0, 19.0);
      Instant later = now.plus(Duration.ofMinutes(31));
      assertThat(bed.online(view, later, List.of(List.of("b"))))
          .containsValue(bed.offline(view, workspace, later).get(List.of("b")));
      assertThat(bed.stored(view, "far").stamp().end())
          .isEqualTo(Micros.of(Instant.parse("2094-01-01T00:00:00.000001Z")));
    }
  }

  @Test
  void theClockOfASenderIsNotBelieved() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "sender", 1);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant ahead = now.plus(Duration.ofDays(10));
    bed.sendAt(ahead, "sender", ShopStream.json("a", ahead, 1));
    shops.drain("checkpoint", 1);
    bed.sendAt(now, "sender", ShopStream.json("a", now, 2));
    shops.drain("checkpoint", 1);
    assertThat(shops.events()).hasSize(1);
    assertThat(shops.quarantine())
        .singleElement()
        .asString()
        .contains("it happened more than PT1H after its message was sent");
  }

  @Test
  void aBatchThatIsTriedAgainAddsNothingTwice() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "again", 1);
    shops.send(drawn(400, 3));
    assertThat(shops.drain("checkpoint", 150)).hasSize(3);
    List<String> log = sorted(shops.events());
    List<String> aside = sorted(shops.quarantine());

    // As after a kill between the last batch's commits and Spark's own note of it.
    Path notes = dir.resolve("checkpoint/spark/commits");
    Files.delete(notes.resolve("2"));
    Files.deleteIfExists(notes.resolve(".2.crc"));
    assertThat(shops.drain("checkpoint", 150)).hasSize(1);
    assertThat(sorted(shops.events())).isEqualTo(log);
    assertThat(sorted(shops.quarantine())).isEqualTo(aside);
    shops.assertEqualStores();

    // An online store that has lost all is loaded again from the log.
    bed.forget();
    shops.send(drawn(100, 4));
    shops.drain("checkpoint", 150);
    shops.assertEqualStores();

    // What a stream brought, a batch does not replace as a whole.
    new Visits(dir.resolve("visits")).write(bed.engine, Visits.drawn(0), 1);
    assertThatThrownBy(() -> new IngestJob(shops.source()).run(bed.engine, shops.workspace()))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot replace all of " + shops.workspace().path("sources"))
        .hasMessageContaining("a stream goes into it, and what it brought would be gone");
  }

  @Test
  void aNewCheckpointThatWasLeftBeforeItsFirstBatchGoesOnFromTheLog() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "left", 1);
    shops.send(drawn(100, 8));
    shops.drain("lost", 1_000);
    assertThat(shops.drain("new", 1_000)).isEmpty();
    // As after a kill before Spark has noted anything in it.
    FileUtils.deleteDirectory(dir.resolve("new/spark").toFile());
    takeBack(shops, "events");
    List<Map.Entry<String, String>> more = drawn(100, 9);
    shops.send(more);
    assertThat(shops.drain("new", 1_000).stream().mapToLong(Following.Batch::messages).sum())
        .isEqualTo(more.size());
  }

  @Test
  void aStoreThatLosesWhatItAnsweredForIsLoadedFromTheLog() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "lossy", 2);
    shops.send(drawn(300, 10));
    FeatureView view = shops.view();
    try (CutOffRedis redis = new CutOffRedis(dir.resolve("redis"))) {
      try (Following following =
          bed.engine.follow(
              shops.job().plan(shops.workspace(), redis.address()),
              FollowSettings.at(dir.resolve("checkpoint").toString()).every(Duration.ZERO),
              batch -> {})) {
        following.drain();
        String mark = "millrace:" + view.space();
        redis.cutOffAt("SET\r\n$" + mark.length() + "\r\n" + mark + "\r\n");
        shops.send(drawn(300, 11));
        following.drain();
      }
      assertThat(redis.cuts()).isEqualTo(1);
      var offline = bed.offline(view, shops.workspace(), AFTER);
      assertThat(StreamBed.online(redis.address(), view, AFTER, offline.keySet()))
          .isEqualTo(offline);
    }
  }

  @Test
  void aStoreOfAnotherReleaseIsLoadedBeforeAMessageComes() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "upgraded", 2);
    shops.send(drawn(300, 12));
    shops.drain("checkpoint", 200);
    bed.storeAsAnotherRelease(shops.view());
    assertThatThrownBy(shops::assertEqualStores)
        .hasMessageContaining("the store holds it in another form");
    bed.start(shops.job(), shops.workspace(), dir.resolve("checkpoint"));
    shops.assertEqualStores();

    // A log that was made anew has nothing to load, and nothing to do with what is there.
    bed.storeAsAnotherRelease(shops.view());
    Workspace anew = new Workspace(dir.resolve("anew").toString());
    bed.drain(shops.job(), anew, dir.resolve("anew-checkpoint"), 200);
    ShopStream.assertEqualStores(bed, shops.view(), anew);
  }

  @Test
  void anotherRunOfTheSameStreamIsFoundOut() throws Exception {
    ShopStream shops = ShopStream.of(bed, dir, "two", 1);
    shops.send(drawn(100, 5));
    shops.drain("one", 1_000);
    List<Map.Entry<String, String>> more = drawn(100, 6);
    shops.send(more.subList(0, 50));
    shops.drain("other", 1_000);
    shops.send(more.subList(50, more.size()));
    assertThatThrownBy(() -> shops.drain("one", 1_000))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Another run follows source 'visits': batch 2 of its log is there");
  }
}
