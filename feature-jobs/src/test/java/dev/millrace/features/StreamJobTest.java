package dev.millrace.features;

import static dev.millrace.transforms.aggregation.Aggregations.count;
import static dev.millrace.transforms.expectation.Expectations.notNull;
import static dev.millrace.transforms.type.PrimitiveType.STRING;
import static dev.millrace.transforms.window.Window.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream of a real Kafka, into a real Delta and a real Redis. */
class StreamJobTest {

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

  @Test
  void streamOnlineAndBatchGiveTheSameBytes() throws Exception {
    bed.topic("equal", 2);
    List<Map.Entry<String, String>> messages = ShopStream.drawn(3_000, 1);
    bed.send("equal", messages);
    Source source = ShopStream.source(dir, "equal");
    FeatureView view = ShopStream.view(source);
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    StreamJob job = new StreamJob(source, List.of(view));
    List<Following.Batch> batches = bed.drain(job, workspace, dir.resolve("checkpoint"), 700);

    long distinct = messages.stream().map(Map.Entry::getValue).distinct().count();
    assertThat(batches).hasSizeGreaterThanOrEqualTo(4);
    assertThat(batches.stream().mapToLong(Following.Batch::messages).sum())
        .isEqualTo(messages.size());
    assertThat(batches.stream().mapToLong(Following.Batch::accepted).sum()).isEqualTo(distinct);
    assertThat(batches.stream().mapToLong(Following.Batch::late).sum()).isPositive();
    assertThat(ShopStream.table(bed, workspace, "events")).hasSize((int) distinct);
    assertThat(ShopStream.table(bed, workspace, "quarantine"))
        .hasSize((int) (messages.size() - distinct));
    ShopStream.assertEqualStores(bed, view, workspace);

    // Nothing new: nothing is done again, from the same checkpoint or from none.
    assertThat(bed.drain(job, workspace, dir.resolve("checkpoint"), 700)).isEmpty();
    bed.send("equal", ShopStream.drawn(500, 2));
    assertThat(bed.drain(job, workspace, dir.resolve("another"), 700)).isNotEmpty();
    long all = ShopStream.table(bed, workspace, "events").size();
    assertThat(all + ShopStream.table(bed, workspace, "quarantine").size())
        .isEqualTo(messages.size() + ShopStream.drawn(500, 2).size());
    ShopStream.assertEqualStores(bed, view, workspace);
  }

  @Test
  void smallBatchesOfALargeEntityGiveTheSameBytes() throws Exception {
    bed.topic("large", 1);
    Source source = ShopStream.source(dir, "large");
    FeatureView view = ShopStream.view(source);
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    StreamJob job = new StreamJob(source, List.of(view));
    Random random = new Random(3);
    List<Map.Entry<String, String>> messages = new ArrayList<>();
    for (int minute = 0; minute < 3 * 24 * 60; minute += 2) {
      Instant at = ShopStream.FIRST.plusSeconds(minute * 60L + random.nextInt(60));
      String shop = "shop" + (minute / 2 % 500 == 7 ? 1 + minute / 2 / 500 : 0);
      messages.add(Map.entry(shop, ShopStream.json(shop, at, random.nextGaussian() * 10)));
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
    Instant time = ShopStream.FIRST.plus(Duration.ofDays(3));
    var offline = bed.offline(view, workspace, time);
    assertThat(offline).hasSize(6);
    assertThat(bed.online(view, time, offline.keySet())).isEqualTo(offline);
  }

  @Test
  void whatCannotBeReadIsSetAsideWithItsPlaceAndReason() throws Exception {
    bed.topic("poison", 1);
    Source source = ShopStream.source(dir, "poison");
    FeatureView view = ShopStream.view(source);
    Instant at = ShopStream.FIRST.plusSeconds(3_600);
    bed.send(
        "poison",
        "a",
        ShopStream.json("a", at.plus(Duration.ofDays(5)), 1).getBytes(StandardCharsets.UTF_8));
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
    bed.send("poison", null, ShopStream.json("a", at, 1).getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", null);
    bed.send(
        "poison",
        "a",
        ShopStream.json(null, at.plus(Duration.ofDays(4)), 1).getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", ShopStream.json("a", at, 1).getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison",
        "a",
        ShopStream.json("a", Instant.parse("2150-01-01T00:00:00Z"), 1)
            .getBytes(StandardCharsets.UTF_8));
    bed.send("poison", "a", "{\"shop\":\"a\",\"spent\":1}".getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison",
        "a",
        ShopStream.json("a", at.plus(Duration.ofDays(4)), 500).getBytes(StandardCharsets.UTF_8));
    bed.send(
        "poison",
        "a",
        ShopStream.json("a", at.plus(Duration.ofDays(4)), 2).getBytes(StandardCharsets.UTF_8));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 100);

    assertThat(ShopStream.table(bed, workspace, "events")).hasSize(2);
    List<String> aside = new ArrayList<>();
    for (Row row : ShopStream.table(bed, workspace, "quarantine")) {
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
    var offline = bed.offline(view, workspace, ShopStream.AFTER);
    assertThat(offline).hasSize(1);
    assertThat(bed.online(view, ShopStream.AFTER, offline.keySet())).isEqualTo(offline);
  }

  @Test
  void partitionsThatAreReadAtDifferentSpeedsDoNotJudgeEachOther() throws Exception {
    bed.topic("skewed", 2);
    Source source = ShopStream.source(dir, "skewed");
    StreamJob job = new StreamJob(source, List.of(ShopStream.view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    Instant ahead = ShopStream.FIRST.plus(Duration.ofDays(6));
    bed.send("skewed", 0, "a", ShopStream.json("a", ahead, 1));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 100);
    bed.send("skewed", 1, "b", ShopStream.json("b", ShopStream.FIRST, 2));
    bed.send("skewed", 0, "a", ShopStream.json("a", ShopStream.FIRST, 3));
    bed.drain(job, workspace, dir.resolve("checkpoint"), 100);

    assertThat(ShopStream.table(bed, workspace, "events")).hasSize(2);
    List<Row> aside = ShopStream.table(bed, workspace, "quarantine");
    assertThat(aside).hasSize(1);
    assertThat(aside.get(0).getList(aside.get(0).fieldIndex("reasons")))
        .hasToString("[it happened more than PT73H before the newest, of 2024-01-07T00:00:00Z]");
  }

  @Test
  void aGateThatFailsPublishesNothingOfTheBatch() throws Exception {
    bed.topic("gate", 1);
    Source source = ShopStream.source(dir, "gate");
    StreamJob job = new StreamJob(source, List.of(ShopStream.view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    List<Map.Entry<String, String>> high = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      high.add(Map.entry("a", ShopStream.json("a", ShopStream.FIRST.plusSeconds(i), 90)));
    }
    bed.send("gate", high);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> bed.drain(job, workspace, dir.resolve("checkpoint"), 100))
          .isInstanceOf(MillraceException.class)
          .hasMessage(
              "The data of source 'visits' does not hold what is expected of it: mean of spent is"
                  + " outside [-50, 50]: 90. Nothing was published. Mend the data, or quarantine"
                  + " such rows with orQuarantine().");
      assertThat(ShopStream.table(bed, workspace, "events")).isEmpty();
    }
  }

  @Test
  void metricsAreServed() throws Exception {
    bed.topic("metrics", 1);
    Source source = ShopStream.source(dir, "metrics");
    StreamJob job = new StreamJob(source, List.of(ShopStream.view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    bed.send("metrics", ShopStream.drawn(100, 7));
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
    FeatureView view = ShopStream.view(source);
    StreamJob job = new StreamJob(source, List.of(view));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("1.json"),
        ShopStream.json("a", ShopStream.FIRST, 1)
            + "\n"
            + "no json"
            + "\n"
            + ShopStream.json("b", ShopStream.FIRST.plusSeconds(5), 2)
            + "\n");
    bed.drain(job, workspace, dir.resolve("checkpoint"), 10);
    Files.writeString(
        folder.resolve("2.json"), ShopStream.json("a", ShopStream.FIRST.plusSeconds(9), 4) + "\n");
    bed.drain(job, workspace, dir.resolve("checkpoint"), 10);
    assertThat(ShopStream.table(bed, workspace, "events")).hasSize(3);
    assertThat(ShopStream.table(bed, workspace, "quarantine")).hasSize(1);
    var offline = bed.offline(view, workspace, ShopStream.FIRST.plusSeconds(60));
    assertThat(offline).hasSize(2);
    assertThat(bed.online(view, ShopStream.FIRST.plusSeconds(60), offline.keySet()))
        .isEqualTo(offline);
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
    StreamJob job = new StreamJob(source, List.of(ShopStream.view(source)));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    org.apache.avro.Schema parsed = new org.apache.avro.Schema.Parser().parse(schema);
    GenericRecord visit = new GenericData.Record(parsed);
    visit.put("shop", "a");
    visit.put("at", ShopStream.FIRST.getEpochSecond() * 1_000_000 + 7);
    visit.put("spent", 2.5);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(parsed).write(visit, encoder);
    encoder.flush();
    bed.send("avro", "a", bytes.toByteArray());
    bed.send("avro", "a", new byte[] {9, 9, 9});
    bed.drain(job, workspace, dir.resolve("checkpoint"), 10);
    assertThat(ShopStream.sorted(ShopStream.table(bed, workspace, "events")))
        .containsExactly("[a,2024-01-01 00:00:00.000007,2.5,2024-01-01]");
    assertThat(ShopStream.sorted(ShopStream.table(bed, workspace, "quarantine")))
        .singleElement()
        .asString()
        .contains("it is no record of the Avro schema");
  }

  @Test
  void anEntityMustBeKeptAsLongAsItsWindows() {
    Source source = ShopStream.source(dir, "short");
    FeatureView.Builder view =
        FeatureView.named("short")
            .entity(Entity.named("shop").key("shop", STRING))
            .from(source)
            .feature("visits", count(), days(3));
    FeatureView tooShort = view.online(Duration.ofHours(74).minusMillis(1)).build();
    assertThatThrownBy(() -> new StreamJob(source, List.of(tooShort)))
        .hasMessage(
            "Feature view 'short' is kept online for PT73H59M59.999S: a stream adds to what is"
                + " kept, its longest window looks back PT73H, and a row may have happened PT1H"
                + " after its message was sent. Keep it for PT74H or longer.");
    StreamJob longEnough =
        new StreamJob(source, List.of(view.online(Duration.ofHours(74)).build()));
    assertThat(longEnough.retention()).isEqualTo(Duration.ofHours(73));

    FeatureView lifelong =
        view.online(Duration.ofDays(400)).feature("all", count(), Window.lifetime()).build();
    assertThatThrownBy(() -> new StreamJob(source, List.of(lifelong)))
        .hasMessage(
            "Feature view 'short' is kept online for PT9600H: a stream adds to what is kept, its"
                + " longest window looks back PT876000H, as a lifetime is taken to, and a row may"
                + " have happened PT1H after its message was sent. Keep it for PT876001H or"
                + " longer.");
  }

  @Test
  void aRowThatIsKnownLaterThanItComesIsNotForTheOnlineStore() {
    Source source =
        new Visits(dir.resolve("visits"))
            .columns().availableAt("at").stream("main", "later", Messages.json()).build();
    assertThatThrownBy(() -> new StreamJob(source, List.of(ShopStream.view(source))))
        .hasMessage(
            "Source 'visits' cannot be followed into the online store: its rows are known from 'at'"
                + " on, and a stream has a row count as soon as it comes. Leave availableAt away, or"
                + " the views out of the online store.");
    assertThat(new StreamJob(source, List.of()).views()).isEmpty();
  }

  @Test
  void aTopicThatIsNotThere() {
    Source source = ShopStream.source(dir, "nowhere");
    StreamJob job = new StreamJob(source, List.of());
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    assertThatThrownBy(() -> bed.drain(job, workspace, dir.resolve("checkpoint"), 100))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot resolve topic 'nowhere' in Kafka at localhost:");
  }
}
