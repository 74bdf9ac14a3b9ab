package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.JavaProcess;
import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Kills a stream, its Redis and its Kafka under load, and holds what is left after the drain
 * against what a stream that was never killed makes of the same messages: {@code StreamKills
 * RESULT.json [KILLS [SEED]]}.
 */
public final class StreamKills {
  private static final int A_SECOND = 1_000;
  private static final int ONE_IN_POISON = 100;
  private static final int KILLS_A_REDIS = 4;
  private static final int KILLS_A_BROKER = 10;
  private static final int LONGEST_UNTIL_OUTAGE = 10_000;
  private static final int LONGEST_OUTAGE = 3_000;
  private static final int LONGEST_UNTIL_KILL = 10_000;

  /** What else dies before the stream is killed. */
  private enum Outage {
    NONE,
    REDIS,
    BROKER
  }

  private final KafkaProcess kafka;
  private final RedisProcess redis;
  private final Path folder;
  private final Random random;
  private int started;
  private int failed;

  private StreamKills(KafkaProcess kafka, RedisProcess redis, Path folder, long seed) {
    this.kafka = kafka;
    this.redis = redis;
    this.folder = folder;
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws Exception {
    int kills = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : 1;
    Path folder = Files.createTempDirectory("millrace-stream-kills");
    say("everything lies in %s, and stays there", folder);
    Path files = Files.createDirectories(folder.resolve("files"));
    List<Measurement> found;
    try (KafkaProcess kafka = new KafkaProcess(folder.resolve("kafka"));
        RedisProcess redis = new RedisProcess(folder.resolve("redis"));
        RedisProcess other = new RedisProcess(folder.resolve("redis-of-the-other"))) {
      kafka.make(Payments.TOPIC);
      Topic topic = new Topic(kafka.clients(), Payments.TOPIC);
      try (PaymentFeed feed =
          new PaymentFeed(topic, files.resolve("payments.json"), ONE_IN_POISON)) {
        StreamKills run = new StreamKills(kafka, redis, folder, seed);
        run.killUnderLoad(feed, kills);
        Path whole = folder.resolve("whole");
        drain(kafka, other, whole, folder.resolve("whole.log"));
        say("a stream that is not killed has read it all too");
        found = run.compare(feed, whole, other);
      }
    }
    Results.print(found, System.out);
    Results.write(found, Path.of(arguments[0]));
    if (!found.stream().allMatch(Measurement::holds)) {
      System.exit(1);
    }
  }

  private void killUnderLoad(PaymentFeed feed, int kills) throws Exception {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    ExecutorService sending = Executors.newSingleThreadExecutor();
    try {
      Future<?> sent = sending.submit(() -> feed.send(i -> goesOn.get(), A_SECOND, false));
      List<Outage> outages = outages(kills);
      for (int i = 0; i < kills; i++) {
        killOnce(i + 1, outages.get(i));
      }
      goesOn.set(false);
      sent.get();
    } finally {
      sending.shutdownNow();
    }
    say(
        "%,d messages at %,d a second, %d kills, %d runs ended by themselves",
        feed.messages(), A_SECOND, kills, failed);
    drain(kafka, redis, folder.resolve("killed"), folder.resolve("drain.log"));
  }

  private List<Outage> outages(int kills) {
    List<Outage> outages = new ArrayList<>(Collections.nCopies(kills, Outage.NONE));
    Collections.fill(outages.subList(0, kills / KILLS_A_REDIS), Outage.REDIS);
    int brokers = kills / KILLS_A_BROKER;
    Collections.fill(outages.subList(kills - brokers, kills), Outage.BROKER);
    Collections.shuffle(outages, random);
    return outages;
  }

  private void killOnce(int kill, Outage planned) throws Exception {
    Outage outage = planned;
    while (true) {
      Path log = folder.resolve("follower-" + ++started + ".log");
      JavaProcess job =
          FollowerProcess.start(kafka, redis.address(), folder.resolve("killed"), false, log);
      while (job.runs() && !FollowerProcess.follows(log)) {
        Thread.sleep(50);
      }
      // Every other one has begun to catch up, however long it takes to come up on this machine.
      while (kill % 2 == 0 && job.runs() && FollowerProcess.batches(log) == 0) {
        Thread.sleep(50);
      }
      String before = outage(outage);
      outage = Outage.NONE;
      int wait = random.nextInt(LONGEST_UNTIL_KILL);
      Thread.sleep(wait);
      boolean ran = job.runs();
      job.kill();
      if (ran) {
        say(
            "kill %d %.1f s after %s%s, %d batches done",
            kill,
            wait / 1000.0,
            kill % 2 == 0 ? "its first batch" : "it began to follow",
            before,
            FollowerProcess.batches(log));
        return;
      }
      failed++;
      say("a run ended by itself%s: see %s", before, log);
    }
  }

  /** Kills and starts again what is to be; what to say of it. */
  private String outage(Outage outage) throws IOException, InterruptedException {
    if (outage == Outage.NONE) {
      return "";
    }
    int wait = random.nextInt(LONGEST_UNTIL_OUTAGE);
    int gone = random.nextInt(LONGEST_OUTAGE);
    Thread.sleep(wait);
    if (outage == Outage.REDIS) {
      redis.kill();
      Thread.sleep(gone);
      redis.startAgain();
    } else {
      kafka.kill();
      Thread.sleep(gone);
      kafka.startAgain();
    }
    return String.format(
        Locale.ROOT,
        " and %s was killed after %.1f s and gone for %.1f s",
        outage == Outage.REDIS ? "Redis" : "the broker",
        wait / 1000.0,
        gone / 1000.0);
  }

  private static void drain(KafkaProcess kafka, RedisProcess redis, Path folder, Path log)
      throws IOException, InterruptedException {
    try (JavaProcess job = FollowerProcess.start(kafka, redis.address(), folder, true, log)) {
      if (job.end() != 0) {
        throw new IllegalStateException("it could not be drained; see " + log);
      }
    }
  }

  private List<Measurement> compare(PaymentFeed feed, Path whole, RedisProcess other)
      throws Exception {
    List<Measurement> found = new ArrayList<>();
    long held = kafka.messages(Payments.TOPIC);
    Source source = Payments.source(folder.resolve("files").toString());
    List<FeatureView> views = Payments.views(source);
    try (SparkEngine engine = SparkEngine.local(Map.of())) {
      StreamState killed =
          new StreamState(
              engine, source, FollowerProcess.workspace(folder.resolve("killed")), redis.address());
      StreamState clean =
          new StreamState(engine, source, FollowerProcess.workspace(whole), other.address());
      long accepted = killed.log().count();
      long aside = killed.quarantine().count();
      say("%,d rows in the log, %,d in the quarantine", accepted, aside);
      found.add(nothing("messages sent that the topic has not, or twice", held - feed.messages()));
      found.add(
          nothing("messages neither in log nor quarantine, or twice", held - accepted - aside));
      found.add(nothing("payments not in the log, or twice", feed.payments() - accepted));
      found.add(
          nothing(
              "rows of the log that differ from those of a stream that was not killed",
              StreamState.differing(killed.log(), clean.log())));
      found.add(
          nothing(
              "rows of the quarantine that differ",
              StreamState.differing(killed.quarantine(), clean.quarantine())));
      for (FeatureView view : views) {
        found.add(
            nothing(
                "entities of "
                    + view.name()
                    + " online whose bytes differ, of "
                    + killed.entities(view),
                killed.differing(clean, view)));
      }
      Instant time =
          killed.log().selectExpr("max(at)").head().getTimestamp(0).toInstant().plusNanos(1000);
      Workspace batch = new Workspace(folder.resolve("batch").toString());
      Object unused = new IngestJob(source).run(engine, batch);
      ThreeWays ways =
          ThreeWays.compare(engine, views, redis.address(), killed.workspace(), batch, time);
      found.add(
          nothing(
              "values that differ between stream, online and batch, of " + ways.values(),
              ways.differing()));
    }
    return found;
  }

  private static Measurement nothing(String work, long differing) {
    return new Measurement(work, Math.abs(differing), null, 0);
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
