package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.JavaProcess;
import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.features.FeatureView;
import dev.millrace.features.IngestJob;
import dev.millrace.features.Source;
import dev.millrace.features.StreamJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.beam.BeamProcess;
import dev.millrace.pipelines.core.Engine;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.Topic;
import dev.millrace.pipelines.stores.TopicFeed;
import dev.millrace.transforms.window.TileLayout;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/**
 * One definition on four engines: {@code ParityBenchmark RESULT.json FLIGHTS [PART]}. How fast Beam
 * is on Flink comes with it, since it brings in all that the topic holds.
 */
public final class ParityBenchmark {
  private static final int SAMPLE = 400;
  private static final int BEAM_HEAP = 5;
  private static final int SECONDS_STILL = 30;

  /** What is behind is caught up with in large batches: an entity is written once for each. */
  private static final Duration GATHERING = Duration.ofSeconds(5);

  private final SparkEngine spark;
  private final KafkaProcess kafka;
  private final Path folder;
  private final Source source;
  private final List<FeatureView> views;
  private final List<Measurement> found = new ArrayList<>();

  private ParityBenchmark(SparkEngine spark, KafkaProcess kafka, Path folder) {
    this.spark = spark;
    this.kafka = kafka;
    this.folder = folder;
    this.source = Flights.source(folder.resolve("files").toString());
    this.views = Flights.views(source);
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("millrace-parity");
    int part = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
    try (KafkaProcess kafka = new KafkaProcess(folder.resolve("kafka"));
        SparkEngine spark =
            SparkEngine.local(
                Map.of("spark.millrace.kafka.main.bootstrap.servers", kafka.address()))) {
      kafka.make(Flights.TOPIC);
      ParityBenchmark benchmark = new ParityBenchmark(spark, kafka, folder);
      long differing = benchmark.run(arguments[1], part);
      Results.print(benchmark.found, System.out);
      Results.write(benchmark.found, Path.of(arguments[0]));
      if (differing > 0) {
        System.exit(1);
      }
    }
  }

  private long run(String flights, int part) throws Exception {
    long messages = send(messages(flights, part));
    System.out.printf("%,d messages are in the topic%n", messages);
    long differing = 0;
    try (PlainRedis ofSpark = PlainRedis.start();
        PlainRedis ofFlink = PlainRedis.start();
        BeamProcess flink =
            beam(
                kafka,
                "beam-flink/target/runner.classpath",
                "--runner=FlinkRunner",
                "--flinkMaster=[local]",
                "--parallelism=2")) {
      Instant time = follow("Beam on Flink", flink, workspace("flink"), ofFlink.address());
      double cpuOfFlink = cpuOfFollowing;
      Instant same = follow("Spark's stream", spark, workspace("spark"), ofSpark.address());
      if (!time.equals(same)) {
        throw new IllegalStateException("the newest are of " + time + " and " + same);
      }
      byHand(log("spark").count(), cpuOfFlink);
      Object unused = new IngestJob(source).run(spark, workspace("batch"));
      differing += rows("Beam on Flink", "flink");
      differing += rows("Spark's stream", "spark");
      differing += values("Beam on Flink", workspace("flink"), ofFlink.address(), time);
      differing += values("Spark's stream", workspace("spark"), ofSpark.address(), time);
      differing += tiles(ofFlink.address(), ofSpark.address());
    }
    return differing + sample();
  }

  /** A sample through the direct runner, which checks all that it is given. */
  private long sample() throws Exception {
    try (KafkaProcess few = new KafkaProcess(folder.resolve("kafka-few"));
        PlainRedis ofDirect = PlainRedis.start();
        PlainRedis ofSpark = PlainRedis.start();
        BeamProcess direct =
            beam(
                few,
                "beam/target/runners.classpath",
                "--runner=DirectRunner",
                "--targetParallelism=2")) {
      few.make(Flights.TOPIC);
      Topic topic = new Topic(few.clients(), Flights.TOPIC);
      try (TopicFeed feed = TopicFeed.of(topic, false)) {
        sent.subList(0, Math.min(SAMPLE, sent.size())).forEach(feed::send);
        feed.flush();
      }
      spark.session().conf().set("spark.millrace.kafka.main.bootstrap.servers", few.address());
      Instant time =
          follow("Beam's direct runner", direct, workspace("direct"), ofDirect.address());
      Instant same = follow("Spark's stream", spark, workspace("few"), ofSpark.address());
      if (!time.equals(same)) {
        throw new IllegalStateException("the newest are of " + time + " and " + same);
      }
      long differing =
          StreamState.differing(log("direct"), log("few"))
              + tiles(ofDirect.address(), ofSpark.address());
      found.add(
          new Measurement("rows and tiles of the direct runner that differ", differing, null, 0));
      return differing;
    }
  }

  private final List<Topic.Message> sent = new ArrayList<>();
  private double cpuOfFollowing;

  private Workspace workspace(String name) {
    return new Workspace(folder.resolve(name).toString());
  }

  private BeamProcess beam(KafkaProcess of, String classPath, String... options) {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--add-opens"))
        .forEach(java::add);
    java.addAll(
        List.of("-Xmx" + BEAM_HEAP + "g", "-Duser.timezone=UTC", "-cp", classPath(classPath)));
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--connections={\"kafka.main.bootstrap.servers\": \"" + of.address() + "\"}");
    return BeamProcess.start(java, all, folder.resolve("beam.log"));
  }

  private static String classPath(String runner) {
    Path pipelines = Path.of(System.getProperty("millrace.pipelines", "pipelines"));
    try {
      return pipelines.resolve("beam/target/classes")
          + File.pathSeparator
          + Files.readString(pipelines.resolve(runner)).strip();
    } catch (IOException gone) {
      throw new java.io.UncheckedIOException(gone);
    }
  }

  /** The flights in the order of their messages, and as files that one batch reads. */
  private Dataset<Row> messages(String flights, int part) {
    Dataset<Row> rows =
        spark
            .session()
            .read()
            .parquet(flights)
            .selectExpr(
                "cast(date as timestamp) as date",
                "cast(delay as bigint) as delay",
                "cast(distance as bigint) as distance",
                "origin",
                "destination",
                "xxhash64(date, delay, distance, origin, destination) as h")
            .where("pmod(h, " + part + ") = 0")
            .selectExpr(
                "*",
                "explode(if(pmod(h, 10007) < 100, array(0, 1), array(0))) as again",
                // One in twenty comes up to six hours late, and what comes again an hour later.
                "timestampadd(MINUTE, delay, date)"
                    + " + if(pmod(h, 20011) < 1000, make_interval(0, 0, 0, 0, 0, pmod(h, 360), 0),"
                    + " make_interval(0, 0, 0, 0, 0, 0, 0)) as sent_at");
    rows.drop("h", "again", "sent_at").write().parquet(folder.resolve("files").toString());
    return rows.selectExpr(
            "origin as key",
            "to_json(struct(date, delay, distance, origin, destination)) as value",
            "sent_at + make_interval(0, 0, 0, 0, again, 0, 0) as at")
        .orderBy("at", "value")
        .select("key", "value");
  }

  private long send(Dataset<Row> messages) {
    long count = 0;
    try (TopicFeed feed = TopicFeed.of(new Topic(kafka.clients(), Flights.TOPIC), false)) {
      Iterator<Row> rows = messages.toLocalIterator();
      while (rows.hasNext()) {
        Row row = rows.next();
        Topic.Message message = new Topic.Message(row.getString(0), row.getString(1));
        if (sent.size() < SAMPLE) {
          sent.add(message);
        }
        feed.send(message);
        count++;
      }
      feed.flush();
    }
    return count;
  }

  /** Brings in all that the topic holds; just after its newest event. */
  private Instant follow(
      String name, Engine engine, Workspace workspace, Sink.OnlineAddress online) {
    List<Following.Batch> batches = new CopyOnWriteArrayList<>();
    Duration cpuBefore = cpuOfChildren();
    long began = System.nanoTime();
    try (Following following =
        engine.follow(
            new StreamJob(source, views).plan(workspace, online),
            FollowSettings.at(workspace.path("checkpoint")).every(GATHERING),
            batches::add)) {
      following.drain();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    long messages = batches.stream().mapToLong(Following.Batch::messages).sum();
    double cpu = cpuOfChildren().minus(cpuBefore).toMillis() / 1e3;
    System.out.printf(
        "%s: %,d messages in %d batches, %.1f s, %,.0f a second; %.1f s of CPU in other processes%n",
        name, messages, batches.size(), seconds, messages / seconds, cpu);
    cpuOfFollowing = cpu;
    return batches.get(batches.size() - 1).newest().orElseThrow().plusNanos(1000);
  }

  /**
   * The same views by a pipeline written by hand on the same runner; until its tiles hold all rows,
   * or no tile was put for half a minute.
   *
   * @param rows how many are good and not repeated
   */
  private void byHand(long rows, double cpuOfFlink) throws Exception {
    List<String> arguments =
        List.of(
            kafka.address(),
            Flights.TOPIC,
            "PORT",
            Long.toString(GATHERING.toSeconds()),
            "--runner=FlinkRunner",
            "--flinkMaster=[local]",
            "--parallelism=2",
            "--fasterCopy=true",
            "--stateBackend=filesystem",
            "--stateBackendStoragePath=file://" + folder.resolve("by-hand"),
            "--checkpointingInterval=" + GATHERING.toMillis() / 2);
    try (PlainRedis redis = PlainRedis.start()) {
      List<String> all = new ArrayList<>(arguments);
      all.set(2, Integer.toString(redis.address().port()));
      Duration cpuBefore = cpuOfChildren();
      long began = System.nanoTime();
      try (Jedis jedis = new Jedis("127.0.0.1", redis.address().port());
          JavaProcess process =
              JavaProcess.start(
                  HandWrittenPipeline.class.getName(),
                  Path.of("benchmarks/target/classes")
                      + File.pathSeparator
                      + classPath("beam-flink/target/runner.classpath"),
                  BEAM_HEAP * 1024,
                  folder.resolve("by-hand.log"),
                  all)) {
        long counted = 0;
        long changed = System.nanoTime();
        double seconds = 0;
        double cpu = 0;
        while (counted < rows && System.nanoTime() - changed < SECONDS_STILL * 1e9) {
          Thread.sleep(2_000);
          if (!process.runs()) {
            throw new IllegalStateException("it ended by itself; see " + folder);
          }
          long now = counted(jedis);
          if (now > counted) {
            counted = now;
            changed = System.nanoTime();
            seconds = (changed - began) / 1e9;
            cpu = cpuOfChildren().minus(cpuBefore).toMillis() / 1e3;
          }
        }
        System.out.printf(
            "By hand: %,d of %,d rows, %.1f s, %,.0f a second; %.1f s of CPU in other processes%n",
            counted, rows, seconds, counted / seconds, cpu);
        found.add(
            new Measurement(
                "CPU of Beam on Flink / of a pipeline by hand, s", cpuOfFlink, cpu, 1.5));
      }
    }
  }

  /** How many rows are in the tiles of a day of all airports. */
  private static long counted(Jedis jedis) {
    long counted = 0;
    for (String airport : jedis.keys("1440:origin_delays:*")) {
      for (String tile : jedis.hvals(airport)) {
        counted += (long) Double.parseDouble(tile.split(" ", 2)[0]);
      }
    }
    return counted;
  }

  private static Duration cpuOfChildren() {
    return ProcessHandle.current()
        .children()
        .map(child -> child.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private Dataset<Row> log(String name) {
    return spark.session().read().format("delta").load(new IngestJob(source).log(workspace(name)));
  }

  private long rows(String name, String workspace) {
    long differing = StreamState.differing(log(workspace), log("batch"));
    found.add(
        new Measurement(
            "rows of the log, " + name + " beside a batch, of " + log(workspace).count(),
            differing,
            null,
            0));
    return differing;
  }

  private long values(String name, Workspace of, Sink.OnlineAddress online, Instant time) {
    ThreeWays ways = ThreeWays.compare(spark, views, online, of, workspace("batch"), time);
    found.add(
        new Measurement(
            "values of log, store and batch, " + name + ", of " + ways.values(),
            ways.differing(),
            null,
            0));
    return ways.differing();
  }

  /** How many entities' tiles differ in a byte. */
  private long tiles(Sink.OnlineAddress one, Sink.OnlineAddress other) {
    long differing = 0;
    long entities = 0;
    try (OnlineStore ofOne = connect(one);
        OnlineStore ofOther = connect(other)) {
      for (FeatureView view : views) {
        TileLayout layout = new TileLayout(view.events(workspace("batch")).bind(0));
        List<byte[]> keys = ofOne.keys(view.space());
        entities += keys.size();
        differing += Math.abs(keys.size() - ofOther.entities(view.space()));
        for (byte[] key : keys) {
          List<OnlineStore.Wanted> wanted = List.of(new OnlineStore.Wanted(view.space(), key));
          Optional<byte[]> tiles = ofOne.read(wanted).get(0).map(each -> each.merged(layout));
          Optional<byte[]> others = ofOther.read(wanted).get(0).map(each -> each.merged(layout));
          differing += Arrays.equals(tiles.orElse(null), others.orElse(null)) ? 0 : 1;
        }
      }
    }
    found.add(new Measurement("entities whose tiles differ, of " + entities, differing, null, 0));
    return differing;
  }

  private static OnlineStore connect(Sink.OnlineAddress address) {
    return OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()));
  }

  /** A Redis that keeps nothing on disk. */
  private record PlainRedis(RedisServer server, Sink.OnlineAddress address)
      implements AutoCloseable {
    static PlainRedis start() throws IOException {
      int port = Ports.free();
      RedisServer server =
          RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").build();
      server.start();
      return new PlainRedis(server, new Sink.OnlineAddress("127.0.0.1", port));
    }

    @Override
    public void close() throws IOException {
      server.stop();
    }
  }
}
