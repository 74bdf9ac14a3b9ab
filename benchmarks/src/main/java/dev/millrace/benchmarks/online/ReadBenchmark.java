package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureVector;
import dev.millrace.features.FeatureView;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.Pipeline;
import redis.embedded.RedisServer;

/** {@code benchmarks/run online}: reads beside raw reads of the same bytes, and batches. */
public final class ReadBenchmark {
  private static final int A_SECOND = 2_000;
  private static final int REQUESTS = 10_000;
  private static final int REPETITIONS = 5;
  private static final int THREADS = 4;
  private static final int BATCH = 100;
  private static final int BATCHES = 2_000;

  private ReadBenchmark() {}

  /** Takes the file for the results. */
  public static void main(String[] arguments) throws Exception {
    int port = free();
    RedisServer redis =
        RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").build();
    redis.start();
    try {
      List<Measurement> all = measured(port);
      Results.print(all, System.out);
      Results.write(all, Path.of(arguments[0]));
    } finally {
      redis.stop();
    }
  }

  private static int free() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  private static List<Measurement> measured(int port) throws Exception {
    List<FeatureView> views = StoredEntities.views();
    try (OnlineStore store = OnlineStore.connect(RedisSettings.ofJob("127.0.0.1", port))) {
      System.out.printf("%d bytes a request%n", StoredEntities.load(store, views));
    }
    GenericObjectPoolConfig<Jedis> config = new GenericObjectPoolConfig<>();
    config.setMaxTotal(THREADS);
    config.setMaxIdle(THREADS);
    config.setJmxEnabled(false);
    try (JedisPool pool = new JedisPool(config, "127.0.0.1", port);
        FeatureReader reader =
            FeatureReader.connect(
                new Sink.OnlineAddress("127.0.0.1", port), Duration.ofSeconds(5), views)) {
      LongConsumer ours = number -> check(read(reader, number));
      List<List<byte[]>> keys = StoredEntities.keys(views);
      LongConsumer raw = number -> raw(pool, keys.get((int) (number % keys.size())));
      for (long i = 0; i < 20_000; i++) {
        ours.accept(i);
        raw.accept(i);
      }
      List<Measurement> all =
          new ArrayList<>(single(new OpenLoad(process(port), THREADS), ours, raw));
      all.add(batches(reader));
      return all;
    }
  }

  private static FeatureVector read(FeatureReader reader, long number) {
    return reader.read(StoredEntities.request(number), StoredEntities.END);
  }

  private static void check(FeatureVector vector) {
    if (vector.values().size() != 51) {
      throw new IllegalStateException("no such values: " + vector);
    }
  }

  private static void raw(JedisPool pool, List<byte[]> keys) {
    try (Jedis jedis = pool.getResource()) {
      Pipeline pipeline = jedis.pipelined();
      keys.forEach(pipeline::get);
      pipeline.sync();
    }
  }

  private static long process(int port) {
    try (Jedis jedis = new Jedis("127.0.0.1", port)) {
      return jedis
          .info("server")
          .lines()
          .filter(line -> line.startsWith("process_id:"))
          .mapToLong(line -> Long.parseLong(line.substring("process_id:".length()).strip()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static List<Measurement> single(OpenLoad load, LongConsumer ours, LongConsumer raw)
      throws Exception {
    List<OpenLoad.Outcome> floors = new ArrayList<>();
    List<OpenLoad.Outcome> reads = new ArrayList<>();
    List<OpenLoad.Outcome> raws = new ArrayList<>();
    for (int i = 0; i < REPETITIONS; i++) {
      floors.add(load.run(REQUESTS, A_SECOND, number -> {}));
      reads.add(load.run(REQUESTS, A_SECOND, ours));
      raws.add(load.run(REQUESTS, A_SECOND, raw));
      System.out.printf(
          "p99 ms: floor %.3f, ours %.3f, raw %.3f%n",
          floors.get(i).millis(99), reads.get(i).millis(99), raws.get(i).millis(99));
    }
    // What waiting for the next request costs is in both, and taken from both.
    double waiting = median(floors, OpenLoad.Outcome::clientMicros);
    double client = median(reads, OpenLoad.Outcome::clientMicros) - waiting;
    double clientRaw = median(raws, OpenLoad.Outcome::clientMicros) - waiting;
    double server = median(reads, OpenLoad.Outcome::serverMicros);
    double serverRaw = median(raws, OpenLoad.Outcome::serverMicros);
    String what = "1 entity, 3 views, 51 values at 2,000/s: ";
    return List.of(
        new Measurement(
            what + "CPU, client and server / raw, us", client + server, clientRaw + serverRaw, 1.5),
        new Measurement(what + "CPU of the client / raw, us", client, clientRaw, 1.5),
        new Measurement(what + "CPU of the server / raw, us", server, serverRaw, 1.5),
        new Measurement(what + "p50, ms", median(reads, each -> each.millis(50)), null, 2),
        new Measurement(what + "p99, ms", median(reads, each -> each.millis(99)), null, 2),
        new Measurement(
            what + "p99 of raw reads, ms", median(raws, each -> each.millis(99)), null, 2),
        new Measurement(
            "p99 of the timer alone, ms", median(floors, each -> each.millis(99)), null, 0.5));
  }

  private static Measurement batches(FeatureReader reader) {
    Histogram latencies = new Histogram(60_000_000_000L, 3);
    for (int i = 0; i < BATCHES + BATCHES / 4; i++) {
      long first = (long) i * BATCH;
      List<Map<String, Long>> requests =
          LongStream.range(first, first + BATCH).mapToObj(StoredEntities::request).toList();
      long start = System.nanoTime();
      List<FeatureVector> vectors = reader.readAll(requests, StoredEntities.END);
      if (i >= BATCHES / 4) {
        latencies.recordValue(System.nanoTime() - start);
      }
      check(vectors.get(BATCH - 1));
    }
    System.out.printf("batches: p50 %.2f ms%n", latencies.getValueAtPercentile(50) / 1e6);
    return new Measurement(
        "100 entities, 51 values each: p99 of 2,000 requests, ms",
        latencies.getValueAtPercentile(99) / 1e6,
        null,
        15);
  }

  private static double median(
      List<OpenLoad.Outcome> outcomes, ToDoubleFunction<OpenLoad.Outcome> of) {
    return outcomes.stream().mapToDouble(of).sorted().toArray()[outcomes.size() / 2];
  }
}
