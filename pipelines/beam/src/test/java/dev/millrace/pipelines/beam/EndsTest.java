package dev.millrace.pipelines.beam;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Engine.Rows;
import dev.millrace.pipelines.core.Expect;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.ArrayType;
import dev.millrace.transforms.type.Column;
import dev.millrace.transforms.type.DecimalType;
import dev.millrace.transforms.type.PrimitiveType;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.type.StructType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sinks beside Delta, each over the real thing: files, Iceberg, Kafka. */
class EndsTest {
  private static final Schema VISITS =
      Schema.of(
          new Column("shop", PrimitiveType.STRING),
          new Column("at", PrimitiveType.TIMESTAMP),
          new Column("spent", PrimitiveType.DOUBLE));
  private static final Instant TEN = Instant.parse("2024-03-01T10:00:00.000001Z");
  private static final TableIdentifier TABLE = TableIdentifier.of("shop", "visits");

  private static StreamBed bed;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws IOException {
    bed = new StreamBed();
  }

  @AfterAll
  static void stop() throws IOException {
    bed.close();
  }

  private BeamEngine engine() {
    return BeamEngine.of(
        List.of(
            "--runner=DirectRunner",
            "--targetParallelism=2",
            "--connections={\"kafka.main.bootstrap.servers\": \""
                + bed.brokers
                + "\", \"kafka.gone.bootstrap.servers\": \"localhost:1\","
                + " \"kafka.gone.default.api.timeout.ms\": \"2000\","
                + " \"kafka.gone.request.timeout.ms\": \"1000\","
                + " \"iceberg.lake.type\": \"hadoop\", \"iceberg.lake.warehouse\": \""
                + dir.resolve("warehouse")
                + "\"}"));
  }

  private static Scan held(BeamEngine engine, String name, double... spent) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (double each : spent) {
      rows.add(List.of("shop " + each, TEN, each));
    }
    engine.hold(name, new Rows(VISITS, rows));
    return new Scan(new Location.Memory(name), VISITS);
  }

  private static List<Double> spent(BeamEngine engine, Location location) {
    return engine.collect(new Scan(location, VISITS)).column("spent").stream()
        .map(value -> (Double) value)
        .sorted()
        .toList();
  }

  /** Holds for every sink that is replaced whole; gives the last write. */
  private static Write isReplacedWholeAndOnce(
      BeamEngine engine, Sink sink, Supplier<List<Double>> there) {
    Write first = new Write(held(engine, "first", 1, 2), sink);
    assertThat(engine.standing(List.of(first))).containsExactly(Standing.MISSING);
    WriteReport report = engine.run(first);
    assertThat(report.unchanged()).isFalse();
    assertThat(report.rows()).isEqualTo(2);
    assertThat(there.get()).containsExactly(1.0, 2.0);
    assertThat(engine.standing(List.of(first))).containsExactly(Standing.CURRENT);
    WriteReport again = engine.run(first);
    assertThat(again).isEqualTo(report.unchanged(true));
    Write second = new Write(held(engine, "second", 3), sink);
    assertThat(engine.standing(List.of(second))).containsExactly(Standing.DEFINITION_CHANGED);
    assertThat(engine.run(second).rows()).isEqualTo(1);
    assertThat(there.get()).containsExactly(3.0);
    Write last = new Write(held(engine, "second", 4, 5, 6), sink);
    assertThat(engine.standing(List.of(last))).containsExactly(Standing.DATA_CHANGED);
    assertThat(engine.run(last).rows()).isEqualTo(3);
    assertThat(there.get()).containsExactly(4.0, 5.0, 6.0);
    return last;
  }

  @Test
  void parquet() {
    BeamEngine engine = engine();
    String path = dir.resolve("out/visits").toString();
    Location there = new Location.Files(Location.Files.Format.PARQUET, path);
    Write last = isReplacedWholeAndOnce(engine, new Sink.Parquet(path), () -> spent(engine, there));
    assertThat(dir.resolve("out").toFile().list()).containsExactly("visits");
    assertThat(engine.collect(new Scan(there, VISITS)).values())
        .contains(List.of("shop 4.0", TEN, 4.0));

    // What was moved in part, or by hand, is written anew.
    for (java.io.File file :
        Objects.requireNonNull(dir.resolve("out/visits").toFile().listFiles())) {
      assertThat(!file.getName().endsWith(".parquet") || file.delete()).isTrue();
    }
    assertThat(engine.standing(List.of(last))).containsExactly(Standing.MISSING);
    assertThat(engine.run(last).unchanged()).isFalse();
    assertThat(spent(engine, there)).containsExactly(4.0, 5.0, 6.0);
  }

  @Test
  void parquetOfNoRowsStillHasColumns() {
    BeamEngine engine = engine();
    String path = dir.resolve("none").toString();
    assertThat(engine.run(new Write(held(engine, "none"), new Sink.Parquet(path))).rows()).isZero();
    assertThat(spent(engine, new Location.Files(Location.Files.Format.PARQUET, path))).isEmpty();
  }

  @Test
  void aFolderOfOthersIsNotReplaced() throws IOException {
    BeamEngine engine = engine();
    Files.createDirectories(dir.resolve("mine"));
    Files.writeString(dir.resolve("mine/letter.txt"), "dear");
    Sink sink = new Sink.Parquet(dir.resolve("mine").toString());
    assertThatThrownBy(() -> engine.run(new Write(held(engine, "visits", 1), sink)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("the folder holds files that no run wrote");
    assertThat(dir.resolve("mine/letter.txt")).hasContent("dear");
  }

  @Test
  void rowsThatDoNotHoldGoAsideBesideAnySink() {
    BeamEngine engine = engine();
    Location.DeltaTable aside = Location.DeltaTable.at(dir.resolve("aside").toString());
    Node expected =
        new Expect(
            "visits",
            held(engine, "visits", 1, 200),
            List.of(Expectations.between("spent", 0, 100).orQuarantine()),
            aside.path());
    String path = dir.resolve("good").toString();
    Write write = new Write(expected, new Sink.Parquet(path));
    WriteReport report = engine.run(write);
    assertThat(report.quarantined()).isEqualTo(1);
    assertThat(spent(engine, aside)).containsExactly(200.0);
    assertThat(engine.run(write)).isEqualTo(report.unchanged(true));

    // A run that was stopped before it kept what it set aside is mended by the next.
    delete(dir.resolve("aside"));
    assertThat(engine.run(write)).isEqualTo(report.unchanged(true));
    assertThat(spent(engine, aside)).containsExactly(200.0);
    assertThat(spent(engine, new Location.Files(Location.Files.Format.PARQUET, path)))
        .containsExactly(1.0);
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  @Test
  void aFailedGateReachesNoSink() throws Exception {
    bed.topic("gated", 1);
    BeamEngine engine = engine();
    Node bad =
        new Expect(
            "visits",
            held(engine, "visits", 1, 200),
            List.of(Expectations.between("spent", 0, 100).orFail()),
            dir.resolve("aside").toString());
    for (Sink sink :
        List.of(
            new Sink.Parquet(dir.resolve("bad").toString()),
            new Sink.Iceberg("lake.shop.visits", List.of()),
            new Sink.Kafka("main", "gated", List.of()))) {
      assertThatThrownBy(() -> engine.run(new Write(bad, sink)))
          .isInstanceOf(MillraceException.class)
          .hasMessageContaining("Nothing was published");
      assertThat(engine.standing(List.of(new Write(bad, sink)))).containsExactly(Standing.MISSING);
    }
    assertThat(dir.resolve("bad")).doesNotExist();
    assertThat(messages("gated")).isEmpty();
  }

  private Catalog lake() {
    return CatalogUtil.buildIcebergCatalog(
        "lake",
        Map.of("type", "hadoop", "warehouse", dir.resolve("warehouse").toString()),
        new Configuration());
  }

  private Table table() {
    return lake().loadTable(TABLE);
  }

  private List<Record> records(Table table) {
    List<Record> found = new ArrayList<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      rows.forEach(found::add);
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
    return found;
  }

  private List<Double> spentInIceberg() {
    return records(table()).stream().map(row -> (Double) row.getField("spent")).sorted().toList();
  }

  @Test
  void icebergIsReadAtASnapshot() {
    BeamEngine engine = engine();
    Sink sink = new Sink.Iceberg("lake.shop.visits", List.of("shop"));
    Location.IcebergTable visits = Location.IcebergTable.named("lake.shop.visits");
    var written = engine.run(new Write(held(engine, "visits", 1, 2, 3, -0.0), sink));
    assertThat(written.rows()).isEqualTo(4);
    assertThat(spent(engine, visits)).containsExactly(-0.0, 1.0, 2.0, 3.0);
    String version = engine.version(visits);

    table().newDelete().deleteFromRowFilter(Expressions.equal("shop", "shop 2.0")).commit();
    assertThat(spent(engine, visits)).containsExactly(-0.0, 1.0, 3.0);
    assertThat(engine.version(visits)).isNotEqualTo(version);
    assertThat(spent(engine, visits.asOf(Long.parseLong(version))))
        .containsExactly(-0.0, 1.0, 2.0, 3.0);
    assertThatThrownBy(() -> spent(engine, visits.asOf(7)))
        .hasMessage(
            "Cannot read iceberg lake.shop.visits@7: the table has no such snapshot, or it has"
                + " expired. Name one of lake.shop.visits.snapshots.");

    // Fewer columns in another order, into Delta, once.
    Schema some = Schema.of(VISITS.column("at"), VISITS.column("shop"));
    Write log = new Write(new Scan(visits, some), Sink.Delta.whole(dir.resolve("log").toString()));
    assertThat(engine.run(log).rows()).isEqualTo(3);
    assertThat(engine.run(log).unchanged()).isTrue();
    assertThat(
            engine
                .collect(new Scan(Location.DeltaTable.at(dir.resolve("log").toString()), some))
                .values())
        .containsExactlyInAnyOrder(
            List.of(TEN, "shop -0.0"), List.of(TEN, "shop 1.0"), List.of(TEN, "shop 3.0"));
  }

  @Test
  void icebergGivesAllTypesBack() {
    BeamEngine engine = engine();
    Schema types =
        Schema.of(
            new Column("flag", PrimitiveType.BOOLEAN),
            new Column("few", PrimitiveType.INT),
            new Column("many", PrimitiveType.LONG),
            new Column("short", PrimitiveType.FLOAT),
            new Column("exact", new DecimalType(10, 2)),
            new Column("day", PrimitiveType.DATE),
            new Column("at", PrimitiveType.TIMESTAMP),
            new Column("all", new ArrayType(PrimitiveType.DOUBLE)),
            new Column("text", PrimitiveType.STRING));
    List<List<@Nullable Object>> rows =
        List.of(
            Arrays.asList(
                true,
                7,
                Long.MIN_VALUE,
                0.1f,
                new BigDecimal("-1.25"),
                LocalDate.of(1582, 1, 1),
                TEN,
                Arrays.asList(Double.NaN, null, -0.0),
                "\u00fc"),
            Arrays.asList(null, null, null, null, null, null, null, null, null));
    engine.hold("types", new Rows(types, rows));
    Location all = Location.IcebergTable.named("lake.shop.types");
    var written =
        engine.run(
            new Write(
                new Scan(new Location.Memory("types"), types),
                new Sink.Iceberg("lake.shop.types", List.of())));
    assertThat(written.rows()).isEqualTo(2);
    assertThat(engine.collect(new Scan(all, types)).values())
        .containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void icebergThatIsNotThereIsSaid() {
    BeamEngine engine = engine();
    assertThatThrownBy(() -> spent(engine, Location.IcebergTable.named("lake.shop.vists")))
        .hasMessage(
            "Cannot read the Iceberg table lake.shop.vists: there is none of that name. Check the"
                + " name, which begins with a catalog of the options.");
    assertThatThrownBy(() -> spent(engine, Location.IcebergTable.named("lac.shop.visits")))
        .hasMessage(
            "Cannot connect to iceberg 'lac': the options do not say where it is. Give"
                + " --connections={\"iceberg.lac.type\": ...}.");
  }

  @Test
  void iceberg() {
    BeamEngine engine = engine();
    Sink sink = new Sink.Iceberg("lake.shop.visits", List.of("shop"));
    Write last = isReplacedWholeAndOnce(engine, sink, this::spentInIceberg);
    Table table = table();
    assertThat(table.spec().fields()).extracting(field -> field.name()).containsExactly("shop");
    assertThat(table.snapshots()).hasSize(3);
    assertThat(records(table).get(0).getField("at"))
        .isEqualTo(TEN.atOffset(java.time.ZoneOffset.UTC));

    // Other columns replace the table's in one commit, and the older snapshots stay.
    Schema other =
        Schema.of(
            new Column("exact", new DecimalType(10, 2)), new Column("shop", PrimitiveType.STRING));
    engine.hold(
        "other",
        new Rows(
            other, List.of(Arrays.asList(new BigDecimal("1.25"), "x"), Arrays.asList(null, null))));
    WriteReport report = engine.run(new Write(new Scan(new Location.Memory("other"), other), sink));
    assertThat(report.rows()).isEqualTo(2);
    table = table();
    assertThat(table.snapshots()).hasSize(4);
    assertThat(table.schema().columns())
        .extracting(column -> column.name())
        .containsExactly("exact", "shop");
    assertThat(records(table))
        .extracting(row -> row.getField("exact"))
        .containsExactlyInAnyOrder(new BigDecimal("1.25"), null);
    assertThat(engine.run(last).rows()).isEqualTo(3);
  }

  @Test
  void icebergIsPartitionedAsWhoMadeItSaid() {
    org.apache.iceberg.Schema held =
        new org.apache.iceberg.Schema(
            optional(1, "id", Types.UUIDType.get()),
            optional(2, "place", Types.StructType.of(optional(3, "city", Types.StringType.get()))));
    Table table =
        lake()
            .createTable(
                TABLE,
                held,
                PartitionSpec.builderFor(held).bucket("id", 4).identity("place.city").build());
    Schema places =
        Schema.of(
            new Column("id", PrimitiveType.STRING),
            new Column("place", new StructType(List.of(new Column("city", PrimitiveType.STRING)))));
    List<List<@Nullable Object>> rows =
        List.of(
            List.of("0f8fad5b-d9cb-469f-a165-70867728950e", Map.of("city", "x")),
            Arrays.asList(null, Map.of("city", "y")));
    BeamEngine engine = engine();
    engine.hold("places", new Rows(places, rows));
    var written =
        engine.run(
            new Write(
                new Scan(new Location.Memory("places"), places),
                new Sink.Iceberg("lake.shop.visits", List.of())));
    assertThat(written.rows()).isEqualTo(2);
    table.refresh();
    assertThat(table.currentSnapshot().addedDataFiles(table.io()))
        .extracting(file -> file.partition().get(1, String.class))
        .containsExactlyInAnyOrder("x", "y");
    Location there = Location.IcebergTable.named("lake.shop.visits");
    assertThat(engine.collect(new Scan(there, places)).values())
        .containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void aRunThatLostARaceForATableHasWrittenNothing() {
    BeamEngine engine = engine();
    Sink.Iceberg sink = new Sink.Iceberg("lake.shop.visits", List.of());
    var unused = engine.run(new Write(held(engine, "visits", 1), sink));
    Map<String, String> lake =
        Map.of("type", "hadoop", "warehouse", dir.resolve("warehouse").toString());
    IcebergTarget target = new IcebergTarget(sink, new IcebergName(sink.table(), lake), VISITS);
    IcebergTarget.Begun late = target.begin();
    var winner = engine.run(new Write(held(engine, "visits", 2), sink));
    Account account = new Account(List.of(), List.of(), Map.of());

    assertThatThrownBy(() -> target.commit(late.snapshot(), List.of(), account))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("another run wrote the table meanwhile");
    assertThat(spentInIceberg()).containsExactly(2.0);
    Snapshot newest = Objects.requireNonNull(table().currentSnapshot());
    assertThat(winner.version()).isEqualTo(Long.toString(newest.snapshotId()));

    // A commit that is tried again finds itself done.
    Account.Part part =
        Account.Part.of(Optional.empty(), new PlanIdentity("a plan", "of some data"));
    Account other = new Account(List.of(part), List.of(), Map.of());
    Kept kept = target.commit(target.begin().snapshot(), List.of(), other);
    assertThat(target.commit(late.snapshot(), List.of(), other)).isEqualTo(kept);
    assertThat(table().snapshots()).hasSize(3);
  }

  @Test
  void icebergThatIsNotThere() {
    BeamEngine engine = engine();
    Node rows = held(engine, "visits", 1);
    assertThatThrownBy(() -> engine.run(new Write(rows, new Sink.Iceberg("lac.shop.v", List.of()))))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot connect to iceberg 'lac'")
        .hasMessageContaining("iceberg.lac.type");
    assertThatThrownBy(() -> engine.run(new Write(rows, new Sink.Iceberg("visits", List.of()))))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot find the Iceberg table visits: that is no name of a table. "
                + "Write catalog.namespace.table.");
  }

  @Test
  void kafkaTakesEachRunOnce() throws Exception {
    bed.topic("visits", 2);
    BeamEngine engine = engine();
    Sink sink = new Sink.Kafka("main", "visits", List.of("shop"));
    Write first = new Write(held(engine, "first", 1, Double.NaN), sink);
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
    engine.hold("nulls", new Rows(VISITS, List.of(Arrays.asList(null, null, 3.0))));
    Scan nulls = new Scan(new Location.Memory("nulls"), VISITS);
    Sink unkeyed = new Sink.Kafka("main", "visits", List.of());
    assertThat(engine.run(new Write(nulls, unkeyed)).rows()).isEqualTo(1);
    assertThat(messages("visits"))
        .hasSize(3)
        .contains("null = {\"shop\":null,\"at\":null,\"spent\":3.0}");
    // A run of nothing is one too.
    Write none = new Write(held(engine, "none"), unkeyed);
    assertThat(engine.run(none).rows()).isZero();
    assertThat(engine.run(none).unchanged()).isTrue();
  }

  @Test
  void kafkaThatIsNotThere() {
    BeamEngine engine = engine();
    Node rows = held(engine, "visits", 1);
    assertThatThrownBy(
            () -> engine.run(new Write(rows, new Sink.Kafka("main", "nowhere", List.of()))))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot resolve topic 'nowhere' in Kafka at " + bed.brokers);
    assertThatThrownBy(
            () -> engine.run(new Write(rows, new Sink.Kafka("gone", "visits", List.of()))))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot send to topic 'visits' of Kafka at localhost:1: ");
  }

  /** All that is committed in a topic. */
  private static List<String> messages(String topic) {
    List<String> found = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bed.brokers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> parts =
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
}
