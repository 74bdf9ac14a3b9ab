package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.avg;
import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.aggregation.Aggregations.max;
import static dev.millrace.transforms.aggregation.Aggregations.sum;
import static dev.millrace.transforms.expectation.Expectations.between;
import static dev.millrace.transforms.expectation.Expectations.mean;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.expectation.Expectations.rowCount;
import static dev.millrace.transforms.expectation.Expectations.unique;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.window.Window.days;
import static dev.millrace.transforms.window.Window.hours;
import static dev.millrace.transforms.window.Window.minutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.window.TileLayout;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream of a real Kafka, into a real Delta and a real Redis. */
class StreamJobTest {
  private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");
  private static final Instant AFTER = Instant.parse("2024-01-08T00:00:00Z");

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

  private Source source(String topic) {
    return new Visits(dir.resolve("visits"))
            .columns()
            .expect(
                notNull("shop").orQuarantine(),
                between("spent", -100, 100).orQuarantine(),
                unique("shop", "at", "spent").orQuarantine(),
                mean("spent", -50, 50),
                rowCount(1_000_000, 2_000_000))
            .stream("main", topic, Messages.json().withKeys())
            .build();
  }

  private static FeatureView view(Source source) {
    return FeatureView.named("shop_visits")
        .entity(Entity.named("shop").key("shop", STRING))
        .from(source)
        .feature("spent", sum("spent"), minutes(30), hours(24), days(3))
        .feature("mean_spent", avg("spent"), hours(24))
        .feature("most", max("spent"), days(3))
        .feature("visits", count(), hours(1), hours(24))
        .online(Duration.ofDays(8))
        .build();
  }

  private static String json(@Nullable String shop, Instant at, double spent) {
    String name = shop == null ? "null" : "\"" + shop + "\"";
    return "{\"shop\":%s,\"at\":\"%s\",\"spent\":%s}".formatted(name, at, spent);
  }

  /** Visits in the order of time but for some of them, and some of them twice. */
  private static List<Map.Entry<String, String>> drawn(int count, long seed) {
    Random random = new Random(seed);
    List<Map.Entry<String, String>> messages = new ArrayList<>();
    long step = Duration.ofDays(6).toMillis() / count;
    for (int i = 0; i < count; i++) {
      String shop = "shop" + random.nextInt(7);
      Instant at = FIRST.plusMillis(i * step + random.nextInt((int) step));
      messages.add(Map.entry(shop, json(shop, at, random.nextGaussian() * 10)));
      if (random.nextInt(100) == 0) {
        messages.add(messages.get(random.nextInt(messages.size())));
      }
    }
    for (int i = 0; i < count / 20; i++) {
      int at = random.nextInt(count - 60);
      Collections.swap(messages, at, at + random.nextInt(60));
    }
    return messages;
  }

  private static List<Row> table(Workspace workspace, String name) {
    return bed.engine
        .session()
        .read()
        .format("delta")
        .load(workspace.path("sources", "visits", name))
        .collectAsList();
  }

  private void assertEqualStores(FeatureView view, Workspace workspace) {
    var offline = bed.offline(view, workspace, AFTER);
    assertThat(offline).hasSizeGreaterThan(5);
    assertThat(bed.online(view, AFTER, offline.keySet())).isEqualTo(offline);
  }

  @Test
  void streamOnlineAndBatchGiveTheSameBytes() throws Exception {
    bed.topic("equal", 2);
    List<Map.Entry<String, String>> messages = drawn(3_000, 1);
    bed.send("equal", messages);
    Source source = source("equal");
    FeatureView view = view(source);
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    StreamJob job = new StreamJob(source, List.of(view));
    List<Following.Batch> batches = bed.drain(job, workspace, dir.resolve("checkpoint"), 700);

    long distinct = messages.stream().map(Map.Entry::getValue).distinct().count();
    assertThat(batches).hasSizeGreaterThanOrEqualTo(4);
    assertThat(batches.stream().mapToLong(Following.Batch::messages).sum())
        .isEqualTo(messages.size());
    assertThat(batches.stream().mapToLong(Following.Batch::accepted).sum()).isEqualTo(distinct);
    assertThat(batches.stream().mapToLong(Following.Batch::late).sum()).isPositive();
    assertThat(table(workspace, "events")).hasSize((int) distinct);
    assertThat(table(workspace, "quarantine")).hasSize((int) (messages.size() - distinct));
    assertEqualStores(view, workspace);

    // Nothing new: nothing is done again, from the same checkpoint or from none.
    assertThat(bed.drain(job, workspace, dir.resolve("checkpoint"), 700)).isEmpty();
    bed.send("equal", drawn(500, 2));
    assertThat(bed.drain(job, workspace, dir.resolve("another"), 700)).isNotEmpty();
    long all = table(workspace, "events").size();
    assertThat(all + table(workspace, "quarantine").size())
        .isEqualTo(messages.size() + drawn(500, 2).size());
    assertEqualStores(view, workspace);
  }

  @Test
  void smallBatchesOfALargeEntityGiveTheSameBytes() throws Exception {
    bed.topic("large", 1);
    Source source = source("large");
    FeatureView view = view(source);
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    StreamJob job = new StreamJob(source, List.of(view));
    Random random = new Random(3);
    List<Map.Entry<String, String>> messages = new ArrayList<>();
    for (int minute = 0; minute < 3 * 24 * 60; minute += 2) {
      Instant at = FIRST.plusSeconds(minute * 60L + random.nextInt(60));
      String shop = "shop" + (minute / 2 % 500 == 7 ? 1 + minute / 2 / 500 : 0);
      messages.add(Map.entry(shop, json(shop, at, random.nextGaussian() * 10)));
    }
    int first = messages.size() - 60;
    bed.send("large", messages.subList(0, first));
    assertThat(bed.drain(job, workspace, dir.resolve("checkpoint"), 5_000)).hasSize(1);
    bed.send("large", messages.subList(first, first + 10));
    assertThat(bed.drain(job, workspace, dir.resolve("checkpoint"), 10)).hasSize(1);
    StoredEntity large = bed.stored(view, "shop0");
    assertThat(large.value()).hasSizeGreaterThan(StoredEntity.BEGINNING);
    TileLayout layout = new TileLayout(view.events(workspace).bind(0));
    assertThat(large.tiles(layout)).as("later events at its beginning").hasSize(2);

    bed.send("large", messages.subList(first + 10, messages.size()));
    assertThat(bed.drain(job, workspace, dir.resolve("checkpoint"), 10)).hasSize(5);
    Instant time = FIRST.plus(Duration.ofDays(3));
    var offline = bed.offline(view, workspace, time);
    assertThat(offline).hasSize(6);
    assertThat(bed.online(view, time, offline.keySet())).isEqualTo(offline);
  }

  @Test
  void whatCannotBeReadIsSetAsideWithItsPlaceAndReason() throws Exception {
    bed.topic("poison", 1);
    Source source = source("poison");
    FeatureView view = view(source);
    Instant at = FIRST.plusSeconds(3_600);
    bed.send(
        "poison", "a", json("a", at.plus(Duration.ofDays(5)), 1).getBytes(StandardCharsets.UTF_8));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    StreamJob job = new StreamJob(source, List.of(view));
    assertThat(bed.drain(job, workspace, dir.resolve("checkpoint"), 100)).hasSize(1);

    bed.send("poison", "a", "no json".getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", "[1, 2]".getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison",
        "a",
        "{\"shop\":\"a\",\"at\":\"yesterday\",\"spent\":\"much\"}"
            .getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", new byte[10 << 20]);
    bed.send("poison", null, json("a", at, 1).getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", null);
    bed.send(
        "poison", "a", json(null, at.plus(Duration.ofDays(4)), 1).getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", json("a", at, 1).getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison",
        "a",
        json("a", Instant.parse("2150-01-01T00:00:00Z"), 1).getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", "{\"shop\":\"a\",\"spent\":1}".getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison",
        "a",
        json("a", at.plus(Duration.ofDays(4)), 500).getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison", "a", json("a", at.plus(Duration.ofDays(4)), 2).getBytes(StandardCharsets.UTF_8));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 100);

    assertThat(table(workspace, "events")).hasSize(2);
    List<String> aside = new ArrayList<>();
    for (Row row : table(workspace, "quarantine")) {
      Row message = row.getAs("message");
      aside.add(
          message.getAs("topic")
              + " "
              + message.getAs("partition")
              + " "
              + message.getAs("offset")
              + ": "
              + message.getAs("error")
              + " "
              + row.getList(row.fieldIndex("reasons")));
    }
    String unread = "[the message cannot be read, shop is null, event time at is null]";
    assertThat(aside)
        .containsExactlyInAnyOrder(
            "poison 0 1: it is no JSON object " + unread,
            "poison 0 2: it is no JSON object " + unread,
            "poison 0 3: a value is not of its column's type [the message cannot be read, event time at is null]",
            "poison 0 4: it is 10485760 bytes long, and 1048576 are read " + unread,
            "poison 0 5: it has no key " + unread,
            "poison 0 6: it has no value " + unread,
            "poison 0 7: null [shop is null]",
            "poison 0 8: null [it happened more than PT73H before the newest, of"
                + " 2024-01-06T01:00:00Z]",
            "poison 0 9: null [it happened more than PT1H after its message was sent]",
            "poison 0 10: null [event time at is null]",
            "poison 0 11: null [spent is outside [-100, 100]: 500.0]");
    assertEqualStoresOfOne(view, workspace);
  }

  private void assertEqualStoresOfOne(FeatureView view, Workspace workspace) {
    var offline = bed.offline(view, workspace, AFTER);
    assertThat(offline).hasSize(1);
    assertThat(bed.online(view, AFTER, offline.keySet())).isEqualTo(offline);
  }

  @Test
  void partitionsThatAreReadAtDifferentSpeedsDoNotJudgeEachOther() throws Exception {
    bed.topic("skewed", 2);
    Source source = source("skewed");
    StreamJob job = new StreamJob(source, List.of(view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    Instant ahead = FIRST.plus(Duration.ofDays(6));
    bed.send("skewed", 0, "a", json("a", ahead, 1));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 100);
    bed.send("skewed", 1, "b", json("b", FIRST, 2));
    bed.send("skewed", 0, "a", json("a", FIRST, 3));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 100);

    assertThat(table(workspace, "events")).hasSize(2);
    List<Row> aside = table(workspace, "quarantine");
    assertThat(aside).hasSize(1);
    assertThat(aside.get(0).getList(aside.get(0).fieldIndex("reasons")))
        .hasToString("[it happened more than PT73H before the newest, of 2024-01-07T00:00:00Z]");
  }

  @Test
  void aGateThatFailsPublishesNothingOfTheBatch() throws Exception {
    bed.topic("gate", 1);
    Source source = source("gate");
    StreamJob job = new StreamJob(source, List.of(view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    List<Map.Entry<String, String>> high = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      high.add(Map.entry("a", json("a", FIRST.plusSeconds(i), 90)));
    }
    bed.send("gate", high);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> bed.drain(job, workspace, dir.resolve("checkpoint"), 100))
          .isInstanceOf(MillraceException.class)
          .hasMessage(
              "The data of source 'visits' does not hold what is expected of it: mean of spent is"
                  + " outside [-50, 50]: 90. Nothing was published. Mend the data, or quarantine"
                  + " such rows with orQuarantine().");
      assertThat(table(workspace, "events")).isEmpty();
    }
  }

  @Test
  void aBatchThatIsTriedAgainAddsNothingTwice() throws Exception {
    bed.topic("again", 1);
    Source source = source("again");
    FeatureView view = view(source);
    StreamJob job = new StreamJob(source, List.of(view));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    Path checkpoint = dir.resolve("checkpoint");
    bed.send("again", drawn(400, 3));
    List<Following.Batch> batches = bed.drain(job, workspace, checkpoint, 150);
    assertThat(batches).hasSize(3);
    List<String> log = sorted(table(workspace, "events"));
    List<String> aside = sorted(table(workspace, "quarantine"));

    // As after a kill between the last batch's commits and Spark's own note of it.
    Files.delete(checkpoint.resolve("spark/commits/2"));
    Files.deleteIfExists(checkpoint.resolve("spark/commits/.2.crc"));
    assertThat(bed.drain(job, workspace, checkpoint, 150)).hasSize(1);
    assertThat(sorted(table(workspace, "events"))).isEqualTo(log);
    assertThat(sorted(table(workspace, "quarantine"))).isEqualTo(aside);
    assertEqualStores(view, workspace);

    // An online store that has lost all is loaded again from the log.
    bed.forget();
    bed.send("again", drawn(100, 4));
    bed.drain(job, workspace, checkpoint, 150);
    assertEqualStores(view, workspace);

    // What a stream brought, a batch does not replace as a whole.
    new Visits(dir.resolve("visits")).write(bed.engine, Visits.drawn(0), 1);
    assertThatThrownBy(() -> new IngestJob(source).run(bed.engine, workspace))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot replace all of " + workspace.path("sources"))
        .hasMessageContaining("a stream goes into it, and what it brought would be gone");
  }

  private static List<String> sorted(List<Row> rows) {
    // Arrays of bytes print as what they are called, not as what they hold.
    return rows.stream()
        .map(row -> row.toString().replaceAll("\\[B@[0-9a-f]+", "bytes"))
        .sorted()
        .toList();
  }

  @Test
  void aNewCheckpointThatWasLeftBeforeItsFirstBatchGoesOnFromTheLog() throws Exception {
    bed.topic("left", 1);
    Source source = source("left");
    StreamJob job = new StreamJob(source, List.of(view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    bed.send("left", drawn(100, 8));
    bed.drain(job, workspace, dir.resolve("lost"), 1_000);
    assertThat(bed.drain(job, workspace, dir.resolve("new"), 1_000)).isEmpty();
    // As after a kill before Spark has noted anything in it.
    FileUtils.deleteDirectory(dir.resolve("new/spark").toFile());
    List<Map.Entry<String, String>> more = drawn(100, 9);
    bed.send("left", more);
    assertThat(
            bed.drain(job, workspace, dir.resolve("new"), 1_000).stream()
                .mapToLong(Following.Batch::messages)
                .sum())
        .isEqualTo(more.size());
  }

  @Test
  void aStoreThatLosesWhatItAnsweredForIsLoadedFromTheLog() throws Exception {
    bed.topic("lossy", 2);
    Source source = source("lossy");
    FeatureView view = view(source);
    StreamJob job = new StreamJob(source, List.of(view));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    bed.send("lossy", drawn(300, 10));
    try (CutOffRedis redis = new CutOffRedis(dir.resolve("redis"))) {
      try (Following following =
          bed.engine.follow(
              job.plan(workspace, redis.address()),
              FollowSettings.at(dir.resolve("checkpoint").toString()).every(Duration.ZERO),
              batch -> {})) {
        following.drain();
        String mark = "millrace:" + view.space();
        redis.cutOffAt("SET\r\n$" + mark.length() + "\r\n" + mark + "\r\n");
        bed.send("lossy", drawn(300, 11));
        following.drain();
      }
      assertThat(redis.cuts()).isEqualTo(1);
      var offline = bed.offline(view, workspace, AFTER);
      assertThat(StreamBed.online(redis.address(), view, AFTER, offline.keySet()))
          .isEqualTo(offline);
    }
  }

  @Test
  void aStoreOfAnotherReleaseIsLoadedBeforeAMessageComes() throws Exception {
    bed.topic("upgraded", 2);
    Source source = source("upgraded");
    FeatureView view = view(source);
    StreamJob job = new StreamJob(source, List.of(view));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    bed.send("upgraded", drawn(300, 12));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 200);
    bed.storeAsAnotherRelease(view);
    assertThatThrownBy(() -> assertEqualStores(view, workspace))
        .hasMessageContaining("the store holds it in another form");
    bed.start(job, workspace, dir.resolve("checkpoint"));
    assertEqualStores(view, workspace);

    // A log that was made anew has nothing to load, and nothing to do with what is there.
    bed.storeAsAnotherRelease(view);
    Workspace anew = new Workspace(dir.resolve("anew").toString());
    bed.drain(job, anew, dir.resolve("anew-checkpoint"), 200);
    assertEqualStores(view, anew);
  }

  @Test
  void anotherRunOfTheSameStreamIsFoundOut() throws Exception {
    bed.topic("two", 1);
    Source source = source("two");
    StreamJob job = new StreamJob(source, List.of(view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    bed.send("two", drawn(100, 5));
    bed.drain(job, workspace, dir.resolve("one"), 1_000);
    List<Map.Entry<String, String>> more = drawn(100, 6);
    bed.send("two", more.subList(0, 50));
    bed.drain(job, workspace, dir.resolve("other"), 1_000);
    bed.send("two", more.subList(50, more.size()));
    assertThatThrownBy(() -> bed.drain(job, workspace, dir.resolve("one"), 1_000))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Another run follows source 'visits': batch 2 of its log is there");
  }

  @Test
  void metricsAreServed() throws Exception {
    bed.topic("metrics", 1);
    Source source = source("metrics");
    StreamJob job = new StreamJob(source, List.of(view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    bed.send("metrics", drawn(100, 7));
    try (StreamMetrics metrics = new StreamMetrics(source)) {
      int port = metrics.serve(0);
      bed.drain(job, workspace, dir.resolve("checkpoint"), 1_000).forEach(metrics::done);
      String page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(page)
          .contains("millrace_stream_position{source=\"visits\"} 1.0")
          .contains("millrace_stream_accepted_total{source=\"visits\"} ")
          .contains("millrace_stream_batch_seconds_count{source=\"visits\"} 1");
    }
  }

  @Test
  void filesThatAppearAreFollowed() throws Exception {
    Path folder = dir.resolve("arriving");
    Source source =
        new Visits(dir.resolve("visits"))
            .columns().expect(notNull("shop").orQuarantine()).stream(
                    new Location.Files(Location.Files.Format.JSON, folder.toString()))
                .build();
    FeatureView view = view(source);
    StreamJob job = new StreamJob(source, List.of(view));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("1.json"),
        json("a", FIRST, 1) + "\n" + "no json" + "\n" + json("b", FIRST.plusSeconds(5), 2) + "\n");
    bed.drain(job, workspace, dir.resolve("checkpoint"), 10);
    Files.writeString(folder.resolve("2.json"), json("a", FIRST.plusSeconds(9), 4) + "\n");
    bed.drain(job, workspace, dir.resolve("checkpoint"), 10);
    assertThat(table(workspace, "events")).hasSize(3);
    assertThat(table(workspace, "quarantine")).hasSize(1);
    var offline = bed.offline(view, workspace, FIRST.plusSeconds(60));
    assertThat(offline).hasSize(2);
    assertThat(bed.online(view, FIRST.plusSeconds(60), offline.keySet())).isEqualTo(offline);
    assertThatThrownBy(() -> bed.drain(job, workspace, dir.resolve("another"), 10))
        .hasMessageContaining("nothing else says which files those were of");
  }

  @Test
  void avroIsRead() throws Exception {
    bed.topic("avro", 1);
    String schema =
        """
        {"type":"record","name":"visit","fields":[
          {"name":"shop","type":["null","string"]},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"spent","type":"double"}]}
        """;
    Source source =
        new Visits(dir.resolve("visits"))
            .columns().expect(notNull("shop").orQuarantine()).stream(
                    "main", "avro", Messages.avro(schema))
                .build();
    StreamJob job = new StreamJob(source, List.of(view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    org.apache.avro.Schema parsed = new org.apache.avro.Schema.Parser().parse(schema);
    GenericRecord visit = new GenericData.Record(parsed);
    visit.put("shop", "a");
    visit.put("at", FIRST.getEpochSecond() * 1_000_000 + 7);
    visit.put("spent", 2.5);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(parsed).write(visit, encoder);
    encoder.flush();
    bed.send("avro", "a", bytes.toByteArray());
    bed.send("avro", "a", new byte[] {9, 9, 9});
    bed.drain(job, workspace, dir.resolve("checkpoint"), 10);
    assertThat(sorted(table(workspace, "events")))
        .containsExactly("[a,2024-01-01 00:00:00.000007,2.5,2024-01-01]");
    assertThat(sorted(table(workspace, "quarantine")))
        .singleElement()
        .asString()
        .contains("it is no record of the Avro schema");
  }

  @Test
  void anEntityMustBeKeptAsLongAsItsWindows() {
    Source source = source("short");
    FeatureView view =
        FeatureView.named("short")
            .entity(Entity.named("shop").key("shop", STRING))
            .from(source)
            .feature("visits", count(), days(3))
            .online(Duration.ofDays(1))
            .build();
    assertThatThrownBy(() -> new StreamJob(source, List.of(view)))
        .hasMessageContaining(
            "Feature view 'short' is kept online for PT24H: a stream adds to what is kept, and its"
                + " longest window looks back PT73H");
  }

  @Test
  void aTopicThatIsNotThere() {
    Source source = source("nowhere");
    StreamJob job = new StreamJob(source, List.of());
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    assertThatThrownBy(() -> bed.drain(job, workspace, dir.resolve("checkpoint"), 100))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot resolve topic 'nowhere' in Kafka at localhost:");
  }
}
