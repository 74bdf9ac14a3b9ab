package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.OnlineAudit;
import dev.millrace.features.Source;
import dev.millrace.features.StreamJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.pipelines.stores.TopicFeed;
import dev.millrace.transforms.expression.PlainValues;
import dev.millrace.transforms.problem.MillraceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings the rows before a period in from files, and those from then on through Kafka, message by
 * message; then holds the stream's log, the online store and what one batch gives against each
 * other.
 */
final class StreamReplay {
  private static final int MESSAGES_A_SECOND = 10_000;
  private static final int AT_ONCE = 100;
  private static final int WARMING = 2_000;
  private static final int EVERY = 100;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Home home;
  private final EngineOptions engines;
  private final Pipeline pipeline;
  private final Source source;
  private final Location.KafkaTopic topic;
  private final PrintWriter out;
  private final Path folder;

  StreamReplay(Home home, Pipeline pipeline, EngineOptions engines, PrintWriter out) {
    this.home = home;
    this.engines = engines;
    this.pipeline = pipeline;
    this.out = out;
    this.source =
        pipeline.sources().stream()
            .filter(each -> each.stream().orElse(null) instanceof Location.KafkaTopic)
            .findFirst()
            .orElseThrow(
                () ->
                    MillraceException.because(
                        "No source of pipeline '" + pipeline.name() + "' has a topic of Kafka",
                        "there is nothing to replay into",
                        "Give one a stream(...) in its definition"));
    this.topic = (Location.KafkaTopic) source.stream().orElseThrow();
    this.folder = home.folder().resolve("stream");
  }

  void run() throws Exception {
    deleteEarlier();
    Files.createDirectories(folder);
    Instant begin = pipeline.scorings().get(0).period().start();
    say(
        "Millrace quickstart, streaming: source '%s' in %s, files up to %s and Kafka from then on",
        source.name(), folder, begin);
    try (LocalKafka kafka = LocalKafka.start(topic.topic(), 2);
        LocalRedis redis = LocalRedis.start(folder.resolve("redis"), 0);
        SparkEngine engine =
            home.engine(
                Map.of(
                    "spark.millrace.kafka." + topic.connection() + ".bootstrap.servers",
                    kafka.address()));
        EngineOptions.Opened features =
            engines.open(
                home,
                Map.of("kafka." + topic.connection() + ".bootstrap.servers", kafka.address()))) {
      say("Kafka listens on %s, Redis on %s", kafka.address(), redis.address());
      Workspace workspace = new Workspace(folder.toString());
      Days events = pipeline.schedule().events();
      LocalDate day = begin.atZone(ZoneOffset.UTC).toLocalDate();
      long rows =
          new IngestJob(source)
              .run(engine, workspace, Optional.of(new Days(events.start(), day)))
              .rows();
      say("%n[1/4] %,d rows before it are in the log, from files", rows);
      List<Topic.Message> messages = messages(engine, new Days(day, LocalDate.parse("9999-01-01")));
      if (messages.isEmpty()) {
        throw MillraceException.because(
            "Source '" + source.name() + "' has no rows from " + begin + " on",
            "there is nothing to replay",
            "Give --data that goes on until then");
      }
      int warming = Math.min(WARMING, messages.size() / 2);
      List<Following.Batch> batches = new CopyOnWriteArrayList<>();
      List<TopicFeed.Sent> sent;
      Topic to = new Topic(Map.of("bootstrap.servers", kafka.address()), topic.topic());
      StreamJob job = new StreamJob(source, pipeline.views());
      FollowSettings settings =
          FollowSettings.at(folder.resolve("checkpoint").toString()).every(Duration.ofMillis(200));
      try (Following following =
          features
              .or(engine)
              .follow(job.plan(workspace, redis.address()), settings, batches::add)) {
        feed(to, messages.subList(0, warming), Integer.MAX_VALUE, false);
        following.drain();
        say("[2/4] the stream runs, and the online store holds what came before");
        sent = feed(to, messages.subList(warming, messages.size()), MESSAGES_A_SECOND, true);
        following.drain();
      }
      freshness(sent, batches);
      audit(engine, workspace, redis, batches);
    }
  }

  private void deleteEarlier() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    // A server that a killed run left uses the folder: starting another one stops it.
    LocalRedis.start(folder.resolve("redis"), 0).close();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** The rows in the order in which they happened, and some of them twice. */
  private List<Topic.Message> messages(SparkEngine engine, Days days) {
    Engine.Rows rows = engine.collect(source.raw(days));
    List<String> names = rows.schema().names();
    int time = names.size() - 1;
    List<List<@Nullable Object>> inOrder = new ArrayList<>(rows.values());
    inOrder.sort(Comparator.comparing(row -> (Instant) Objects.requireNonNull(row.get(time))));
    List<Topic.Message> messages = new ArrayList<>();
    for (List<@Nullable Object> row : inOrder) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      for (int i = 0; i < time; i++) {
        Object value = row.get(i);
        object.put(
            names.get(i),
            value instanceof Number || value instanceof Boolean || value == null
                ? value
                : value.toString());
      }
      try {
        messages.add(
            new Topic.Message(String.valueOf(row.get(time - 1)), JSON.writeValueAsString(object)));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
      if (messages.size() % EVERY == 0) {
        messages.add(messages.get(messages.size() - EVERY / 2));
      }
    }
    return messages;
  }

  private static List<TopicFeed.Sent> feed(
      Topic topic, List<Topic.Message> messages, int aSecond, boolean remembers)
      throws InterruptedException {
    try (TopicFeed feed = TopicFeed.of(topic, remembers)) {
      long began = System.nanoTime();
      for (int i = 0; i < messages.size(); i++) {
        if (i % AT_ONCE == 0) {
          long due = began + (long) (i * 1e9 / aSecond);
          long wait = (due - System.nanoTime()) / 1_000_000;
          if (wait > 0) {
            Thread.sleep(wait);
          }
        }
        feed.send(messages.get(i));
      }
      feed.flush();
      return feed.sent();
    }
  }

  private void freshness(List<TopicFeed.Sent> sent, List<Following.Batch> batches) {
    long[] millis =
        sent.stream()
            .mapToLong(
                each ->
                    Duration.between(
                            each.sent(),
                            batches.stream()
                                .filter(
                                    batch ->
                                        batch.next().getOrDefault(each.partition(), 0L)
                                            > each.offset())
                                .findFirst()
                                .orElseThrow()
                                .readable())
                        .toMillis())
            .sorted()
            .toArray();
    long messages = batches.stream().mapToLong(Following.Batch::messages).sum();
    long accepted = batches.stream().mapToLong(Following.Batch::accepted).sum();
    long late = batches.stream().mapToLong(Following.Batch::late).sum();
    say(
        "[3/4] %,d messages in %d batches, %,d a second: %,d accepted, %,d set aside, %,d late",
        messages, batches.size(), MESSAGES_A_SECOND, accepted, messages - accepted, late);
    say(
        "      from Kafka to readable online: half within %d ms, 99 %% within %d ms, all within %d ms",
        millis[millis.length / 2], millis[(int) (millis.length * 0.99)], millis[millis.length - 1]);
  }

  private void audit(
      SparkEngine engine, Workspace workspace, LocalRedis redis, List<Following.Batch> batches) {
    Instant time = batches.get(batches.size() - 1).newest().orElseThrow().plusNanos(1000);
    Workspace whole = new Workspace(folder.resolve("batch").toString());
    Object unused = new IngestJob(source).run(engine, whole);
    List<FeatureView> views =
        pipeline.views().stream().filter(view -> view.online().isPresent()).toList();
    long values = 0;
    long differing = 0;
    try (FeatureReader reader =
        FeatureReader.connect(redis.address(), Duration.ofSeconds(5), views)) {
      for (FeatureView view : views) {
        OnlineAudit.Report report = new OnlineAudit(view, time).run(engine, workspace, reader);
        values += report.values();
        differing += report.differences().size() + report.unknown() + report.moved();
        differing += differences(engine, view, workspace, whole, time);
      }
    }
    if (differing > 0) {
      throw MillraceException.because(
          differing + " of " + values + " values differ between stream, online and batch",
          "they were computed at " + time,
          "Report it: this must never happen");
    }
    say(
        "[4/4] stream, online and batch at %s: %,d values of each, %d differ",
        time, values, differing);
  }

  /** How many rows of values are in one workspace and not in the other. */
  private static long differences(
      Engine engine, FeatureView view, Workspace one, Workspace other, Instant time) {
    Set<@Nullable Object> ofOne = values(engine, view, one, time);
    Set<@Nullable Object> ofOther = values(engine, view, other, time);
    long both = ofOne.stream().filter(ofOther::contains).count();
    return ofOne.size() + ofOther.size() - 2 * both;
  }

  private static Set<@Nullable Object> values(
      Engine engine, FeatureView view, Workspace workspace, Instant time) {
    Set<@Nullable Object> rows = new HashSet<>();
    engine
        .collect(new WindowAggregate(view.events(workspace), Emit.Every.once(time)))
        .values()
        .forEach(row -> rows.add(PlainValues.comparable(row)));
    return rows;
  }

  private void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }
}
