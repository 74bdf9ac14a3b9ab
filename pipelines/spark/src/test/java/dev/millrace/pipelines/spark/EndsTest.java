package dev.millrace.pipelines.spark;

import static dev.millrace.pipelines.spark.TestSpark.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.core.NamedExpression;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Project;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.DefinitionException;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.immutable.Map$;

/** Sources and sinks beside Delta, each over the real thing: PostgreSQL, Iceberg, Kafka, files. */
class EndsTest {
  private static EmbeddedPostgres postgres;
  private static String brokers;
  private static SparkEngine engine;

  @TempDir Path dir;

  @BeforeAll
  static void start(@TempDir Path warehouse) throws IOException {
    postgres = EmbeddedPostgres.start();
    EmbeddedKafkaConfig free =
        EmbeddedKafkaConfig.apply(
            0,
            0,
            mapOf("offsets.topic.replication.factor", "1")
                .updated("transaction.state.log.replication.factor", "1")
                .updated("transaction.state.log.min.isr", "1"),
            Map$.MODULE$.empty(),
            Map$.MODULE$.empty());
    brokers = "localhost:" + EmbeddedKafka.start(free).config().kafkaPort();
    SparkSession session = TestSpark.ENGINE.session().newSession();
    String url = postgres.getJdbcUrl("postgres", "postgres");
    Map.of(
            "spark.millrace.kafka.main.bootstrap.servers", brokers,
            "spark.millrace.kafka.gone.bootstrap.servers", "localhost:1",
            "spark.millrace.kafka.gone.default.api.timeout.ms", "2000",
            "spark.millrace.kafka.gone.request.timeout.ms", "1000",
            "spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
        .forEach((name, value) -> session.conf().set(name, value));
    Map.of("type", "jdbc", "uri", url, "jdbc.user", "postgres", "warehouse", warehouse.toString())
        .forEach((name, value) -> session.conf().set("spark.sql.catalog.lake." + name, value));
    engine = SparkEngine.on(session);
    engine.sql("create namespace lake.shop", 1);
  }

  private static scala.collection.immutable.Map<String, String> mapOf(String name, String value) {
    return Map$.MODULE$.<String, String>empty().updated(name, value);
  }

  @AfterAll
  static void stop() throws IOException {
    engine.close();
    EmbeddedKafka.stop();
    postgres.close();
  }

  private Node visits(String name, double... spent) {
    List<org.apache.spark.sql.Row> rows = new ArrayList<>();
    for (double each : spent) {
      rows.add(visit("shop " + each, "2024-03-01T10:00:00.000001Z", each));
    }
    return TestSpark.visits(dir.resolve(name), rows);
  }

  private static List<Double> spent(Location location) {
    return engine.collect(new Scan(location, TestSpark.VISITS)).column("spent").stream()
        .map(value -> (Double) value)
        .sorted()
        .toList();
  }

  /** Holds for every sink that is replaced whole; gives the last write. */
  private Write isReplacedWholeAndOnce(Sink sink, Location location) {
    Write first = new Write(visits("first", 1, 2), sink);
    assertThat(engine.standing(List.of(first))).containsExactly(Standing.MISSING);
    WriteReport report = engine.run(first);
    assertThat(report.unchanged()).isFalse();
    assertThat(report.rows()).isEqualTo(2);
    assertThat(spent(location)).containsExactly(1.0, 2.0);
    assertThat(engine.standing(List.of(first))).containsExactly(Standing.CURRENT);
    WriteReport again = engine.run(first);
    assertThat(again.unchanged()).isTrue();
    assertThat(again.rows()).isEqualTo(2);
    assertThat(again.version()).isEqualTo(report.version());
    Write second = new Write(visits("second", 3), sink);
    assertThat(engine.standing(List.of(second))).containsExactly(Standing.DEFINITION_CHANGED);
    assertThat(engine.run(second).rows()).isEqualTo(1);
    assertThat(spent(location)).containsExactly(3.0);
    Node changed = visits("second", 4, 5, 6);
    assertThat(engine.standing(List.of(second))).containsExactly(Standing.DATA_CHANGED);
    Write last = new Write(changed, sink);
    engine.run(last);
    assertThat(spent(location)).containsExactly(4.0, 5.0, 6.0);
    return last;
  }

  @Test
  void parquet() throws IOException {
    String path = dir.resolve("out/visits").toString();
    // What runs that were stopped left.
    for (String left : List.of(".visits.making-old", ".visits.making-new", ".visits.before")) {
      Files.createDirectories(dir.resolve("out").resolve(left));
      Files.writeString(dir.resolve("out").resolve(left).resolve("half"), "half");
    }
    Files.setLastModifiedTime(
        dir.resolve("out/.visits.making-old"),
        FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Write unused =
        isReplacedWholeAndOnce(
            new Sink.Parquet(path), new Location.Files(Location.Files.Format.PARQUET, path));
    // What is young may be another run's that is at work.
    assertThat(dir.resolve("out").toFile().list())
        .containsExactlyInAnyOrder("visits", ".visits.making-new");
  }

  @Test
  void aFolderThatWasMovedInPartIsWrittenAnew() throws IOException {
    Path folder = dir.resolve("visits out");
    Write write = new Write(visits("many", 1, 2, 3), new Sink.Parquet(folder.toString()));
    engine.run(write);
    assertThat(engine.standing(List.of(write))).containsExactly(Standing.CURRENT);
    try (var files = Files.list(folder)) {
      Files.delete(
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow());
    }
    assertThat(engine.standing(List.of(write))).containsExactly(Standing.MISSING);
    // And the run before it was stopped between the two moves.
    Files.move(folder, dir.resolve(".visits out.before"));
    assertThat(engine.run(write).rows()).isEqualTo(3);
    assertThat(spent(new Location.Files(Location.Files.Format.PARQUET, folder.toString())))
        .containsExactly(1.0, 2.0, 3.0);
  }

  @Test
  void aFolderOfOthersIsNotReplaced() throws IOException {
    Files.createDirectories(dir.resolve("mine"));
    Files.writeString(dir.resolve("mine/letter.txt"), "dear");
    assertThatThrownBy(
            () ->
                engine.run(
                    new Write(
                        visits("visits", 1), new Sink.Parquet(dir.resolve("mine").toString()))))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot write parquet "
                + dir.resolve("mine")
                + ": the folder holds files that no run wrote, and all in it would be replaced. "
                + "Give a folder of its own, or empty this one.");
    assertThat(dir.resolve("mine/letter.txt")).hasContent("dear");
  }

  @Test
  void iceberg() {
    Write last =
        isReplacedWholeAndOnce(
            new Sink.Iceberg("lake.shop.visits", List.of("shop")),
            Location.IcebergTable.named("lake.shop.visits"));
    List<List<String>> snapshots =
        engine.sql("select snapshot_id from lake.shop.visits.snapshots order by committed_at", 9);
    long first = Long.parseLong(snapshots.get(1).get(0));
    assertThat(spent(Location.IcebergTable.named("lake.shop.visits").asOf(first)))
        .containsExactly(1.0, 2.0);
    String version = engine.version(Location.IcebergTable.named("lake.shop.visits"));
    engine.sql(
        "call lake.system.rewrite_data_files(table => 'shop.visits', options => map('rewrite-all', 'true'))",
        9);
    assertThat(engine.sql("select snapshot_id from lake.shop.visits.snapshots", 9))
        .hasSizeGreaterThan(snapshots.size());
    assertThat(engine.version(Location.IcebergTable.named("lake.shop.visits"))).isEqualTo(version);
    assertThat(engine.run(last).unchanged()).isTrue();
  }

  @Test
  void icebergThatIsNotThere() {
    assertThatThrownBy(() -> spent(Location.IcebergTable.named("lake.shop.vists")))
        .hasMessage(
            "Cannot read the Iceberg table lake.shop.vists: there is none of that name. "
                + "Check the name, which begins with a catalog of the session.");
    assertThatThrownBy(() -> spent(Location.IcebergTable.named("lac.shop.visits")))
        .hasMessage(
            "Cannot find the Iceberg table lac.shop.visits: the session has no catalog 'lac'. "
                + "Set spark.sql.catalog.lac, or begin the name with a catalog that it has.");
    assertThatThrownBy(() -> spent(Location.IcebergTable.named("visits")))
        .hasMessage(
            "Cannot find the Iceberg table visits: that is no name of a table. "
                + "Write catalog.namespace.table.");
  }

  @Test
  void rowsThatDoNotHoldGoAsideBesideAnySink() {
    Location.DeltaTable aside = Location.DeltaTable.at(dir.resolve("aside").toString());
    Node expected =
        new Expect(
            "visits",
            visits("visits", 1, 200),
            List.of(Expectations.between("spent", 0, 100).orQuarantine()),
            aside.path());
    Write write = new Write(expected, new Sink.Parquet(dir.resolve("good").toString()));
    assertThat(engine.run(write).quarantined()).isEqualTo(1);
    assertThat(spent(aside)).containsExactly(200.0);
    WriteReport again = engine.run(write);
    assertThat(again.unchanged()).isTrue();
    assertThat(again.quarantined()).isEqualTo(1);
  }

  @Test
  void kafkaTakesEachRunOnce() throws Exception {
    makeTopic("visits", 2);
    Sink sink = new Sink.Kafka("main", "visits", List.of("shop"));
    Write first = new Write(visits("first", 1, Double.NaN), sink);
    assertThat(engine.standing(List.of(first))).containsExactly(Standing.MISSING);
    assertThat(engine.run(first).rows()).isEqualTo(2);
    assertThat(engine.standing(List.of(first))).containsExactly(Standing.CURRENT);
    assertThat(engine.run(first).unchanged()).isTrue();
    assertThat(messages("visits"))
        .containsExactlyInAnyOrder(
            "{\"shop\":\"shop 1.0\"} = "
                + "{\"shop\":\"shop 1.0\",\"at\":\"2024-03-01T10:00:00.000001Z\",\"spent\":1.0}",
            "{\"shop\":\"shop NaN\"} = "
                + "{\"shop\":\"shop NaN\",\"at\":\"2024-03-01T10:00:00.000001Z\",\"spent\":\"NaN\"}");
    assertThat(engine.run(new Write(visits("second", 3), sink)).rows()).isEqualTo(1);
    assertThat(messages("visits")).hasSize(3);
  }

  @Test
  void aRunThatFailsHalfWayHasSentNothing() throws Exception {
    makeTopic("halves", 1);
    Topic topic = new Topic(Map.of("bootstrap.servers", brokers), "halves");
    List<Topic.Message> messages =
        List.of(new Topic.Message(null, "one"), new Topic.Message("key", "two"));
    Iterator<Topic.Message> half =
        Stream.concat(
                messages.stream(),
                Stream.<Topic.Message>generate(
                    () -> {
                      throw new IllegalStateException("poison");
                    }))
            .iterator();
    assertThatThrownBy(() -> topic.send(half, "plan", "run")).hasMessage("poison");
    assertThat(messages("halves")).isEmpty();
    assertThat(topic.lastNote("plan")).isEmpty();
    topic.send(messages.iterator(), "plan", "run");
    topic.send(messages.iterator(), "plan", "run");
    assertThat(messages("halves")).containsExactly("null = one", "key = two");
    assertThat(topic.lastNote("plan")).contains(new Topic.Note(2, "run"));
    topic.send(messages.iterator(), "other plan", "run");
    topic.send(messages.iterator(), "plan", "run");
    assertThat(messages("halves")).hasSize(4);
    assertThat(new Topic(Map.of("sasl.jaas.config", "secret"), "halves").toString())
        .doesNotContain("secret");
  }

  @Test
  void kafkaThatIsNotThere() {
    Node rows = visits("visits", 1);
    assertThatThrownBy(
            () -> engine.run(new Write(rows, new Sink.Kafka("main", "nowhere", List.of()))))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot resolve topic 'nowhere' in Kafka at " + brokers);
    assertThatThrownBy(
            () -> engine.run(new Write(rows, new Sink.Kafka("gone", "visits", List.of()))))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot send to topic 'visits' of Kafka at localhost:1: ");
    assertThatThrownBy(() -> new Write(rows, new Sink.Kafka("main", "visits", List.of("shp"))))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("key column 'shp'");
  }

  private static void makeTopic(String name, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    }
  }

  /** All that is committed in a topic. */
  private static List<String> messages(String topic) {
    List<String> found = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", brokers,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      var parts =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(parts);
      consumer.seekToBeginning(parts);
      Map<TopicPartition, Long> ends = consumer.endOffsets(parts);
      while (parts.stream()
          .anyMatch(part -> consumer.position(part) < ends.getOrDefault(part, 0L))) {
        for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofMillis(200))) {
          found.add(message.key() + " = " + message.value());
        }
      }
    }
    return found;
  }

  @Test
  void aSinkNamesAColumnThatIsNotThere() {
    assertThatThrownBy(
            () ->
                new Write(
                    visits("visits", 1), new Sink.Iceberg("lake.shop.visits", List.of("shops"))))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("partition column 'shops' in the write to iceberg lake.shop.visits");
  }

  @Test
  void pubsubIsFollowedByTheBeamEngineAlone() {
    Schema raw =
        Schema.of(
            new Column("at", PrimitiveType.TIMESTAMP), new Column(Messages.COLUMN, Messages.TYPE));
    Location stream = Location.Pubsub.subscription("main", "visits", Messages.json());
    Expect held =
        new Expect("visits", new Scan(stream, raw), List.of(), dir.resolve("aside").toString());
    Project kept =
        Project.of("visits", held, List.of(NamedExpression.column("at")), Optional.empty());
    Follow follow =
        new Follow(
            "visits",
            new Write(kept, Sink.Delta.whole(dir.resolve("log").toString())),
            "at",
            Duration.ofDays(3),
            Duration.ofHours(1),
            List.of());
    assertThatThrownBy(
            () ->
                engine.follow(
                    follow, FollowSettings.at(dir.resolve("checkpoint").toString()), batch -> {}))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Spark cannot follow pubsub main subscription visits ")
        .hasMessageEndingWith(
            ": it has no source of Pub/Sub. Follow it with the Beam engine, or send its messages"
                + " through a topic of Kafka.");
    assertThat(dir.resolve("log")).doesNotExist();
  }
}
