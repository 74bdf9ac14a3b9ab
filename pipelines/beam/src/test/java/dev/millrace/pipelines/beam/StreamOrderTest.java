package dev.millrace.pipelines.beam;

import static dev.millrace.pipelines.beam.StreamBed.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipelines.core.Follow;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Messages;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.StreamJudge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubMessage;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubMessageWithAttributesAndMessageIdCoder;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.KafkaRecordCoder;
import org.apache.beam.sdk.io.kafka.KafkaTimestampType;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages in orders of the test's own, through the steps of a stream into its stores. */
@Timeout(120)
class StreamOrderTest {
  private static final Instant READ = Instant.parse("2024-01-02T00:00:00Z");

  private static StreamBed bed;

  @TempDir Path dir;
  private final PipelineOptions options =
      PipelineOptionsFactory.fromArgs("--runner=DirectRunner", "--targetParallelism=2").create();
  private final BeamEngine batch = Direct.engine();

  @BeforeAll
  static void start() throws Exception {
    bed = new StreamBed();
  }

  @AfterAll
  static void stop() throws Exception {
    bed.close();
  }

  private static TimestampedValue<KafkaRecord<byte[], byte[]>> message(long offset, int seconds) {
    return message(
        offset,
        seconds,
        StreamBed.json("a", FIRST.plus(Duration.ofHours(offset)), (double) offset));
  }

  private static TimestampedValue<KafkaRecord<byte[], byte[]>> message(
      long offset, int seconds, String text) {
    byte[] value = text.getBytes(StandardCharsets.UTF_8);
    return TimestampedValue.of(
        new KafkaRecord<>(
            "order",
            0,
            offset,
            READ.getMillis(),
            KafkaTimestampType.CREATE_TIME,
            null,
            value,
            value),
        READ.plus(org.joda.time.Duration.standardSeconds(seconds)));
  }

  private static PipelineOptions kafka() {
    return PipelineOptionsFactory.fromArgs(bed.connections()).create();
  }

  private StreamPlan plan() {
    Follow follow = bed.follow("order", dir);
    return new StreamStart(
            batch,
            (logId, goesOn) -> options,
            follow,
            FollowSettings.at(dir.resolve("unused").toString()))
        .plan(StreamFeed.of(follow.stream().location(), kafka()), Map.of());
  }

  /** Messages that are read within a second, and are published before others are read. */
  private void publish(long[] first, long[] then) {
    StreamPlan plan = plan();
    TestStream.Builder<KafkaRecord<byte[], byte[]>> messages =
        TestStream.create(KafkaRecordCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of()))
            .advanceWatermarkTo(READ);
    for (long offset : first) {
      messages = messages.addElements(message(offset, 0));
    }
    messages = messages.advanceWatermarkTo(READ.plus(org.joda.time.Duration.standardSeconds(10)));
    for (long offset : then) {
      messages = messages.addElements(message(offset, 10));
    }
    publish(plan, messages);
  }

  private void publish(StreamPlan plan, TestStream.Builder<KafkaRecord<byte[], byte[]>> messages) {
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Messages", messages.advanceWatermarkToInfinity())
        .apply("Follow", new StreamSteps<>(plan, KafkaFeed::raw));
    PipelineResult.State unused = pipeline.run().waitUntilFinish();
  }

  /** Messages of Pub/Sub, the last of which the runner's clock has no time to publish. */
  private void publishNamed(String... ids) {
    Follow follow = bed.follow(Location.Pubsub.subscription("main", "order", Messages.json()), dir);
    PipelineOptions where =
        PipelineOptionsFactory.fromArgs(
                "--connections={\"pubsub.main.project\": \"millrace-test\"}")
            .create();
    PubsubFeed feed = (PubsubFeed) StreamFeed.of(follow.stream().location(), where);
    StreamPlan named =
        new StreamStart(
                batch,
                (logId, goesOn) -> where,
                follow,
                FollowSettings.at(dir.resolve("unused").toString()))
            .plan(feed, Map.of());
    TestStream.Builder<PubsubMessage> messages =
        TestStream.create(PubsubMessageWithAttributesAndMessageIdCoder.of())
            .advanceWatermarkTo(READ);
    for (String id : ids) {
      Instant published = READ.minus(org.joda.time.Duration.standardHours(id.length()));
      byte[] value = StreamBed.json(id, FIRST, id.length()).getBytes(StandardCharsets.UTF_8);
      messages =
          messages.addElements(
              TimestampedValue.of(new PubsubMessage(value, Map.of(), id), published));
    }
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Messages", messages.advanceWatermarkToInfinity())
        .apply("Follow", feed.steps(named));
    PipelineResult.State unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void aJobThatIsDrainedPublishesWhatItHasGathered() {
    publishNamed("aaa", "b", "cc", "b");
    assertThat(StreamBed.log(batch, dir).column("shop"))
        .containsExactlyInAnyOrder("aaa", "b", "cc");
    assertThat(StreamBed.aside(batch, dir)).isEmpty();
  }

  @Test
  void whatTheLogHasIsLeftOutByItsId() {
    publishNamed("aaa", "b");
    publishNamed("d", "b", "aaa");
    assertThat(StreamBed.log(batch, dir).column("shop")).containsExactlyInAnyOrder("aaa", "b", "d");
    assertThat(StreamBed.aside(batch, dir)).isEmpty();
    var offline = StreamBed.offline(batch, dir, StreamBed.AFTER);
    assertThat(bed.online(dir, offline.keySet(), StreamBed.AFTER)).isEqualTo(offline);
  }

  private Iterable<Object> logged() {
    return StreamBed.log(batch, dir).column("spent");
  }

  @Test
  void aMessageThatComesAfterLaterOnesWerePublishedStopsTheStream() {
    assertThatThrownBy(() -> publish(new long[] {0, 2}, new long[] {3, 1}))
        .hasStackTraceContaining(
            "Cannot go on with visits: message 1 of partition 0 came after those up to 3 were"
                + " published, and its log lacks it. Send it again, and start the stream: it goes on"
                + " where the log is.");
    assertThat(logged()).containsExactlyInAnyOrder(0.0, 2.0);
  }

  @Test
  void aBatchThatComesAfterALaterOneStopsTheStream() {
    TestStream<KV<Integer, StreamShare>> shares =
        TestStream.create(KvCoder.of(VarIntCoder.of(), new StreamShare.ShareCoder()))
            .addElements(KV.of(0, new StreamShare(2, 0, List.of())))
            .addElements(KV.of(0, new StreamShare(2, 0, List.of())))
            .addElements(KV.of(0, new StreamShare(1, 0, List.of())))
            .advanceWatermarkToInfinity();
    Pipeline pipeline = Pipeline.create(options);
    var unused = pipeline.apply("Shares", shares).apply("Put online", ParDo.of(new PutFn(plan())));
    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .hasStackTraceContaining(
            "Cannot go on with the tiles of visits: batch 1 came after batch 2, and would be taken"
                + " for done. Start the stream again: it loads what the online store lacks from the"
                + " log.");
  }

  @Test
  void withinABatchMessagesComeInAnyOrder() {
    publish(new long[] {2, 0, 1}, new long[] {4, 3});
    assertThat(logged()).containsExactlyInAnyOrder(0.0, 1.0, 2.0, 3.0, 4.0);
  }

  @Test
  void aQuarantineThatIsAheadOfTheLogTakesWhatIsSetAsideLater() {
    String told = StreamJudge.bare(Account.Stream.begun(1)).toJson();
    assertThat(plan().aside().append(List.of(), OptionalLong.empty(), 1, told)).isTrue();
    publishBroken();
    assertThat(logged()).containsExactly(1.0);
    assertBrokenIsAsideOnce();
  }

  private void publishBroken() {
    publish(
        plan(),
        TestStream.create(KafkaRecordCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of()))
            .advanceWatermarkTo(READ)
            .addElements(message(0, 0, "no json"), message(1, 0)));
  }

  private void assertBrokenIsAsideOnce() {
    assertThat(StreamBed.aside(batch, dir))
        .singleElement()
        .asString()
        .startsWith("order 0 0: it is no JSON");
  }

  @Test
  void whatALogSaysIsSetAsideIsPutThereByTheNextStart() throws IOException {
    publishBroken();
    // As it is after a kill between the two commits.
    Path commit = dir.resolve("quarantine/_delta_log/00000000000000000001.json");
    Files.delete(commit);
    Files.deleteIfExists(commit.resolveSibling("." + commit.getFileName() + ".crc"));
    assertThat(StreamBed.aside(batch, dir)).isEmpty();
    publish(new long[] {1, 2}, new long[] {3});
    assertThat(logged()).containsExactlyInAnyOrder(1.0, 2.0, 3.0);
    assertBrokenIsAsideOnce();
    publish(new long[] {4}, new long[] {});
    assertBrokenIsAsideOnce();
  }

  @Test
  void aBatchThatDoesNotFollowTheLastOneIsNotAdded() {
    publish(new long[] {0}, new long[] {1});
    DeltaBatches log = plan().log();
    assertThatThrownBy(() -> log.append(List.of(), OptionalLong.of(1), 3, ""))
        .hasMessageContaining("another run added batch 2 after batch 1. Let one of them run.");
    assertThat(log.append(List.of(), OptionalLong.of(1), 2, "")).isFalse();
  }

  @Test
  void whatTheLogHadAtTheStartIsLeftOut() {
    publish(new long[] {0, 1}, new long[] {2});
    publish(new long[] {1, 2, 3}, new long[] {0, 4});
    assertThat(logged()).containsExactlyInAnyOrder(0.0, 1.0, 2.0, 3.0, 4.0);
    var offline = StreamBed.offline(batch, dir, StreamBed.AFTER);
    assertThat(bed.online(dir, offline.keySet(), StreamBed.AFTER)).isEqualTo(offline);
  }
}
