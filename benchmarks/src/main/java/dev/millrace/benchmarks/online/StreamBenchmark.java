package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.OnlineAudit;
import dev.millrace.features.Source;
import dev.millrace.features.StreamJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.pipelines.stores.TopicFeed;
import io.github.embeddedkafka.EmbeddedK;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafka$;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import java.io.BufferedWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import redis.embedded.RedisServer;
import scala.collection.immutable.Map$;

/**
 * How fresh online values are behind Kafka, and whether stream, online store and batch agree to the
 * bit: {@code StreamBenchmark RESULT.json [EVENTS [A_SECOND]]}.
 */
public final class StreamBenchmark {
  private static final int WARMING = 150_000;
  private static final int AT_ONCE = 50;

  private StreamBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int events = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    int aSecond = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10_000;
    Path folder = Files.createTempDirectory("millrace-stream");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    scala.collection.immutable.Map<String, String> none = Map$.MODULE$.<String, String>empty();
    EmbeddedK broker = EmbeddedKafka.start(EmbeddedKafkaConfig.apply(0, 0, none, none, none));
    scala.util.Try<?> made =
        EmbeddedKafka$.MODULE$.createCustomTopic(Payments.TOPIC, none, 2, 1, broker.config());
    made.get();
    String brokers = "localhost:" + broker.config().kafkaPort();
    RedisServer redis = RedisServer.newRedisServer().port(port).build();
    redis.start();
    try (SparkEngine engine =
        SparkEngine.local(Map.of("spark.millrace.kafka.main.bootstrap.servers", brokers))) {
      List<Measurement> found =
          run(
              engine,
              new Topic(Map.of("bootstrap.servers", brokers), Payments.TOPIC),
              new Sink.OnlineAddress("localhost", port),
              folder,
              events,
              aSecond);
      Results.print(found, System.out);
      Results.write(found, Path.of(arguments[0]));
    } finally {
      redis.stop();
      broker.stop(true);
    }
  }

  private static List<Measurement> run(
      SparkEngine engine,
      Topic topic,
      Sink.OnlineAddress online,
      Path folder,
      int events,
      int aSecond)
      throws Exception {
    Path files = folder.resolve("files");
    Files.createDirectories(files);
    Source source = Payments.source(files.toString());
    List<FeatureView> views = Payments.views(source);
    Workspace workspace = new Workspace(folder.resolve("stream").toString());
    List<Following.Batch> batches = new CopyOnWriteArrayList<>();
    List<TopicFeed.Sent> sent;
    long busy;
    int warm;
    FollowSettings settings = FollowSettings.at(folder.resolve("checkpoint").toString());
    try (BufferedWriter file = Files.newBufferedWriter(files.resolve("payments.json"));
        Following following =
            engine.follow(
                new StreamJob(source, views).plan(workspace, online), settings, batches::add)) {
      Payments payments = new Payments();
      feed(topic, payments, file, WARMING, aSecond, false);
      following.drain();
      warm = batches.size();
      sent = feed(topic, payments, file, events, aSecond, true);
      long began = System.nanoTime();
      following.drain();
      busy = (System.nanoTime() - began) / 1_000_000;
    }
    List<Following.Batch> measured = batches.subList(warm, batches.size());
    long[] took = measured.stream().mapToLong(batch -> batch.took().toMillis()).sorted().toArray();
    long[] fresh = sent.stream().mapToLong(each -> freshness(each, measured)).sorted().toArray();
    System.out.printf(
        "%,d messages at %,d a second in %d batches; a batch took %d ms, the longest %d ms; %d ms to drain%n",
        sent.size(), aSecond, took.length, took[took.length / 2], took[took.length - 1], busy);
    System.out.printf(
        "readable after %d ms (half), %d ms (95 %%), %d ms (99 %%), %d ms (all)%n",
        fresh[fresh.length / 2],
        fresh[(int) (fresh.length * 0.95)],
        fresh[(int) (fresh.length * 0.99)],
        fresh[fresh.length - 1]);
    System.out.printf(
        "%,d accepted, %,d set aside, %,d late%n",
        batches.stream().mapToLong(Following.Batch::accepted).sum(),
        batches.stream().mapToLong(Following.Batch::setAside).sum(),
        batches.stream().mapToLong(Following.Batch::late).sum());
    Instant time = batches.get(batches.size() - 1).newest().orElseThrow().plusNanos(1000);
    Workspace batch = new Workspace(folder.resolve("batch").toString());
    Object unused = new IngestJob(source).run(engine, batch);
    long values = 0;
    long differing = 0;
    try (FeatureReader reader = FeatureReader.connect(online, Duration.ofSeconds(5), views)) {
      for (FeatureView view : views) {
        OnlineAudit.Report report = new OnlineAudit(view, time).run(engine, workspace, reader);
        values += report.values();
        differing += report.differences().size() + report.unknown() + report.moved();
        WindowAggregate streamed =
            new WindowAggregate(view.events(workspace), Emit.Every.once(time));
        WindowAggregate batched = new WindowAggregate(view.events(batch), Emit.Every.once(time));
        var ofStream = new HashSet<>(engine.collect(streamed).values());
        var ofBatch = new HashSet<>(engine.collect(batched).values());
        long both = ofStream.stream().filter(ofBatch::contains).count();
        differing += ofStream.size() + ofBatch.size() - 2 * both;
      }
    }
    System.out.printf("%,d values of stream, online and batch, %d differ%n", values, differing);
    List<Measurement> found = new ArrayList<>();
    found.add(
        new Measurement(
            "Kafka to readable, ms, 99 % of " + sent.size() + " at " + aSecond + " a second",
            fresh[(int) (fresh.length * 0.99)],
            null,
            1000));
    found.add(
        new Measurement(
            "values that differ between stream, online and batch, of " + values,
            differing,
            null,
            0));
    return found;
  }

  private static long freshness(TopicFeed.Sent sent, List<Following.Batch> batches) {
    for (Following.Batch batch : batches) {
      if (batch.next().getOrDefault(sent.partition(), 0L) > sent.offset()) {
        return Duration.between(sent.sent(), batch.readable()).toMillis();
      }
    }
    throw new IllegalStateException(sent + " is in no batch");
  }

  private static List<TopicFeed.Sent> feed(
      Topic topic,
      Payments payments,
      BufferedWriter file,
      int count,
      int aSecond,
      boolean remembers)
      throws Exception {
    try (TopicFeed feed = TopicFeed.of(topic, remembers)) {
      long began = System.nanoTime();
      for (int i = 0; i < count; i++) {
        if (i % AT_ONCE == 0) {
          long wait = (began + (long) (i * 1e9 / aSecond) - System.nanoTime()) / 1_000_000;
          if (wait > 0) {
            Thread.sleep(wait);
          }
        }
        Payments.Payment payment = payments.draw();
        file.write(payment.json());
        file.newLine();
        feed.send(new Topic.Message(payment.customer(), payment.json()));
      }
      feed.flush();
      file.flush();
      return feed.sent();
    }
  }
}
