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

import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** A stream of visits to shops, from a topic into a workspace of its own and the store. */
record ShopStream(
    StreamBed bed,
    Path dir,
    String topic,
    Source source,
    FeatureView view,
    StreamJob job,
    Workspace workspace) {
  static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");
  static final Instant AFTER = Instant.parse("2024-01-08T00:00:00Z");

  /** Of a topic that is made for it. */
  static ShopStream of(StreamBed bed, Path dir, String topic, int partitions) throws Exception {
    bed.topic(topic, partitions);
    Source source = source(dir, topic);
    FeatureView view = view(source);
    StreamJob job = new StreamJob(source, List.of(view));
    Workspace workspace = new Workspace(dir.resolve("work").toString());
    return new ShopStream(bed, dir, topic, source, view, job, workspace);
  }

  void send(List<Map.Entry<String, String>> messages) {
    bed.send(topic, messages);
  }

  /** Follows from a checkpoint until all that is there is where it belongs. */
  List<Following.Batch> drain(String checkpoint, long most) {
    return bed.drain(job, workspace, dir.resolve(checkpoint), most);
  }

  List<Row> events() {
    return table(bed, workspace, "events");
  }

  List<Row> quarantine() {
    return table(bed, workspace, "quarantine");
  }

  /** A load of the store from the log, of events before a time. */
  Write load(Instant end) {
    WindowAggregate tiles = new WindowAggregate(view.events(workspace), new Emit.Tiles(end));
    return new Write(tiles, new Sink.Online(bed.redis, view.space(), Duration.ofDays(8)));
  }

  void assertEqualStores() {
    assertEqualStores(bed, view, workspace);
  }

  static Source source(Path dir, String topic) {
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

  static FeatureView view(Source source) {
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

  static String json(@Nullable String shop, Instant at, double spent) {
    String name = shop == null ? "null" : "\"" + shop + "\"";
    return "{\"shop\":%s,\"at\":\"%s\",\"spent\":%s}".formatted(name, at, spent);
  }

  /** Visits in the order of time but for some of them, and some of them twice. */
  static List<Map.Entry<String, String>> drawn(int count, long seed) {
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

  static List<Row> table(StreamBed bed, Workspace workspace, String name) {
    return bed.engine
        .session()
        .read()
        .format("delta")
        .load(workspace.path("sources", "visits", name))
        .collectAsList();
  }

  /** Rows as text, in an order of their own. */
  static List<String> sorted(List<Row> rows) {
    // Arrays of bytes print as what they are called, not as what they hold.
    return rows.stream()
        .map(row -> row.toString().replaceAll("\\[B@[0-9a-f]+", "bytes"))
        .sorted()
        .toList();
  }

  static void assertEqualStores(StreamBed bed, FeatureView view, Workspace workspace) {
    var offline = bed.offline(view, workspace, AFTER);
    assertThat(offline).hasSizeGreaterThan(5);
    assertThat(bed.online(view, AFTER, offline.keySet())).isEqualTo(offline);
  }
}
