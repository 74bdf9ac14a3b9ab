package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.Source;
import dev.millrace.features.StreamJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.pipelines.stores.TopicFeed;
import io.github.embeddedkafka.EmbeddedK;
import io.github.embeddedkafka.EmbeddedKafka;
import io.github.embeddedkafka.EmbeddedKafka$;
import io.github.embeddedkafka.EmbeddedKafkaConfig;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
  private static final int WARMING = 600_000;

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
    try (PaymentFeed payments = new PaymentFeed(topic, files.resolve("payments.json"), 0);
        Following following =
            engine.follow(
                new StreamJob(source, views).plan(workspace, online), settings, batches::add)) {
      Object unused = payments.send(i -> i < WARMING, aSecond, false);
      following.drain();
      warm = batches.size();
      sent = payments.send(i -> i < events, aSecond, true);
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
    ThreeWays ways = ThreeWays.compare(engine, views, online, workspace, batch, time);
    System.out.printf(
        "%,d values of stream, online and batch, %d differ%n", ways.values(), ways.differing());
    List<Measurement> found = new ArrayList<>();
    found.add(
        new Measurement(
            "Kafka to readable, ms, 99 % of " + sent.size() + " at " + aSecond + " a second",
            fresh[(int) (fresh.length * 0.99)],
            null,
            1000));
    found.add(
        new Measurement(
            "values that differ between stream, online and batch, of " + ways.values(),
            ways.differing(),
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
}
