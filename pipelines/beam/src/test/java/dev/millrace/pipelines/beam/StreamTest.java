package dev.millrace.pipelines.beam;

import static dev.millrace.pipelines.beam.StreamBed.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.transforms.expectation.Expectations;
import dev.millrace.transforms.problem.MillraceException;
import dev.millrace.transforms.type.Micros;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream of a real Kafka, into a real Delta and a real Redis, with no Spark. */
@org.junit.jupiter.api.Timeout(120)
class StreamTest {
  private static StreamBed bed;

  @TempDir Path dir;
  private int starts;
  private final BeamEngine batch = Direct.engine();

  /** The runners, with what a stream asks of them. */
  enum Runner {
    DIRECT("--runner=DirectRunner --targetParallelism=2"),
    FLINK(
        "--runner=FlinkRunner --flinkMaster=[local] --parallelism=2 --checkpointingInterval=500"
            + " --numberOfExecutionRetries=3");

    private final String options;

    Runner(String options) {
      this.options = options;
    }

    BeamEngine engine(List<String> more) {
      List<String> all = new ArrayList<>(List.of(options.split(" ", -1)));
      all.addAll(more);
      return BeamEngine.of(all);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    bed = new StreamBed();
  }

  @AfterAll
  static void stop() throws Exception {
    bed.close();
  }

  private List<Following.Batch> drain(Runner runner, String topic) {
    return drain(runner, bed.follow(topic, dir));
  }

  private List<Following.Batch> drain(Runner runner, Follow follow) {
    return drain(runner, follow, settings());
  }

  private static List<Following.Batch> drain(
      Runner runner, Follow follow, FollowSettings settings) {
    List<Following.Batch> batches = new CopyOnWriteArrayList<>();
    try (Following following =
        runner.engine(List.of(bed.connections())).follow(follow, settings, batches::add)) {
      following.drain();
    }
    return batches;
  }

  private FollowSettings settings() {
    return FollowSettings.at(dir.resolve("checkpoint-" + starts++).toString())
        .every(Duration.ofMillis(300));
  }

  private void assertEqualStores() {
    var offline = StreamBed.offline(batch, dir, StreamBed.AFTER);
    assertThat(bed.online(dir, offline.keySet(), StreamBed.AFTER)).isEqualTo(offline);
  }

  @ParameterizedTest
  @EnumSource
  void streamOnlineAndBatchGiveTheSameBytes(Runner runner) throws Exception {
    String topic = "equal-" + runner;
    bed.topic(topic, 2);
    // The direct runner reads ten messages at a time.
    List<String> messages = StreamBed.drawn(runner == Runner.DIRECT ? 150 : 2_000, 1);
    bed.send(topic, messages);
    List<Following.Batch> batches = drain(runner, topic);

    long distinct = messages.stream().distinct().count();
    assertThat(batches.stream().mapToLong(Following.Batch::messages).sum())
        .isEqualTo(messages.size());
    assertThat(batches.stream().mapToLong(Following.Batch::accepted).sum()).isEqualTo(distinct);
    assertThat(StreamBed.log(batch, dir).values()).hasSize((int) distinct);
    assertThat(StreamBed.aside(batch, dir)).hasSize((int) (messages.size() - distinct));
    assertThat(StreamBed.offline(batch, dir, StreamBed.AFTER)).hasSize(7);
    assertEqualStores();

    // A new start goes on where the log is, and loads a store that has lost all.
    List<String> more = StreamBed.drawn(100, 2);
    bed.send(topic, more);
    bed.restartRedis();
    assertThat(drain(runner, topic).stream().mapToLong(Following.Batch::messages).sum())
        .isEqualTo(more.size());
    assertThat(StreamBed.log(batch, dir).values().size() + StreamBed.aside(batch, dir).size())
        .isEqualTo(messages.size() + more.size());
    assertEqualStores();
  }

  @ParameterizedTest
  @EnumSource
  void whatNoReaderTakesIsSetAsideWithItsPlaceAndReason(Runner runner) throws Exception {
    String topic = "poison-" + runner;
    bed.topic(topic, 1);
    Instant at = FIRST.plusSeconds(3_600);
    bed.send(topic, "a", new byte[10 << 20]);
    Instant ahead = Instant.now().plus(Duration.ofDays(10));
    bed.send(topic, "a", bytes(StreamBed.json("a", ahead, 3)), ahead.toEpochMilli());
    bed.send(topic, "a", bytes(StreamBed.json("a", at, 3)), Long.MAX_VALUE);
    bed.send(topic, "a", bytes(StreamBed.json("a", at, 2)));
    drain(runner, topic);

    assertThat(StreamBed.log(batch, dir).values()).hasSize(2);
    String unread = "[the message cannot be read, shop is null, at is null]";
    assertThat(StreamBed.aside(batch, dir))
        .containsExactlyInAnyOrder(
            topic + " 0 0: it is 10485760 bytes long, and 1048576 are read " + unread,
            topic + " 0 1: null [it happened more than PT1H after its message was sent]");
    assertEqualStores();
  }

  @ParameterizedTest
  @EnumSource
  void aStoreThatIsStartedAgainMeanwhileIsLoadedFromTheLog(Runner runner) throws Exception {
    String topic = "lossy-" + runner;
    bed.topic(topic, 2);
    List<String> messages = StreamBed.drawn(80, 3);
    bed.send(topic, messages);
    try (Following following =
        runner
            .engine(List.of(bed.connections()))
            .follow(bed.follow(topic, dir), settings(), batch -> {})) {
      following.drain();
      assertEqualStores();
      bed.restartRedis();
      List<String> more = StreamBed.drawn(80, 4);
      bed.send(topic, more);
      following.drain();
      assertThat(StreamBed.log(batch, dir).values().size() + StreamBed.aside(batch, dir).size())
          .isEqualTo(messages.size() + more.size());
      assertEqualStores();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLogThatIsMadeAnewHasTheMessagesOfTheOneBefore(Runner runner) throws Exception {
    String topic = "anew-" + runner;
    bed.topic(topic, 1);
    FollowSettings same = settings();
    try (Following following =
        runner
            .engine(List.of(bed.connections()))
            .follow(bed.follow(topic, dir), same, done -> {})) {
      // What the runner keeps of the second batch has the first one behind it.
      for (String shop : List.of("a", "b")) {
        bed.send(topic, List.of(StreamBed.json(shop, FIRST, 1)));
        following.drain();
      }
    }
    for (String table : List.of("log", "quarantine")) {
      assertThat(FileUtil.fullyDelete(dir.resolve(table).toFile())).isTrue();
    }
    bed.send(topic, List.of(StreamBed.json("c", FIRST, 3)));
    drain(runner, bed.follow(topic, dir), same);
    assertThat(StreamBed.log(batch, dir).column("shop")).containsExactlyInAnyOrder("a", "b", "c");
    assertEqualStores();
  }

  @ParameterizedTest
  @EnumSource
  void aNumberOfAllRowsThatIsOutOfBoundsStopsTheStream(Runner runner) throws Exception {
    String topic = "bounds-" + runner;
    bed.topic(topic, 1);
    Follow follow =
        bed.follow(topic, dir, Messages.json(), Expectations.mean("spent", 0, 10).orFail());
    bed.send(topic, List.of(StreamBed.json("a", FIRST, 9), StreamBed.json("b", FIRST, 1)));
    drain(runner, follow);
    assertThat(StreamBed.log(batch, dir).values()).hasSize(2);
    bed.send(topic, List.of(StreamBed.json("c", FIRST, 99)));

    assertThatThrownBy(() -> drain(runner, follow))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("mean of spent")
        .hasMessageContaining("Nothing was published");
    assertThat(StreamBed.log(batch, dir).values()).hasSize(2);
    assertThat(StreamBed.aside(batch, dir)).isEmpty();
    assertEqualStores();
  }

  @ParameterizedTest
  @EnumSource
  void avroIsRead(Runner runner) throws Exception {
    String topic = "avro-" + runner;
    bed.topic(topic, 1);
    String schema =
        """
        {"type":"record","name":"visit","fields":[
          {"name":"more","type":{"type":"map","values":"int"}},
          {"name":"spent","type":"string"},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"shop","type":["null","string"]}]}
        """;
    for (String spent : List.of("2.5", "much", "-0.0")) {
      bed.send(topic, "a", record(schema, spent, FIRST.plusNanos(7_000)));
    }
    bed.send(topic, "a", new byte[] {9, 9, 9});
    bed.send(topic, "a", null);
    drain(runner, bed.follow(topic, dir, Messages.avro(schema)));

    assertThat(StreamBed.log(batch, dir).values())
        .containsExactlyInAnyOrder(
            List.of("a", FIRST.plusNanos(7_000), 2.5, LocalDate.of(2024, 1, 1)),
            List.of("a", FIRST.plusNanos(7_000), -0.0, LocalDate.of(2024, 1, 1)));
    String unread = " [the message cannot be read, shop is null, at is null]";
    assertThat(StreamBed.aside(batch, dir))
        .containsExactlyInAnyOrder(
            topic + " 0 1: it cannot be read: MillraceException" + unread,
            topic + " 0 3: it is no record of the Avro schema" + unread,
            topic + " 0 4: it has no value" + unread);
    assertEqualStores();
  }

  private static byte[] record(String schema, String spent, Instant at) throws IOException {
    Schema parsed = new Schema.Parser().parse(schema);
    GenericRecord visit = new GenericData.Record(parsed);
    visit.put("more", Map.of("x", 1));
    visit.put("spent", spent);
    visit.put("at", Micros.of(at));
    visit.put("shop", "a");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(parsed).write(visit, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  @Test
  void anAvroSchemaThatLacksAColumnIsSaidAtLaunch() throws Exception {
    bed.topic("lacks", 1);
    Messages messages =
        Messages.avro(
            "{\"type\":\"record\",\"name\":\"v\",\"fields\":[{\"name\":\"shp\",\"type\":\"string\"}]}");
    assertThatThrownBy(() -> drain(Runner.DIRECT, bed.follow("lacks", dir, messages)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining(
            "Cannot resolve column 'shop' in the Avro schema of topic 'lacks': known are [shp].");
    assertThatThrownBy(() -> drain(Runner.DIRECT, bed.follow("lacks", dir, Messages.avro("{}"))))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("The Avro schema of topic 'lacks' is none: ");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aTopicThatIsNotThereIsSaidAtLaunch() {
    assertThatThrownBy(() -> drain(Runner.DIRECT, "no-such-topic"))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("no-such-topic");
  }
}
