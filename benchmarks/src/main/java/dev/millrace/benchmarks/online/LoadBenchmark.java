package dev.millrace.benchmarks.online;

import static dev.millrace.transforms.type.PrimitiveType.DOUBLE;
import static dev.millrace.transforms.type.PrimitiveType.LONG;
import static dev.millrace.transforms.type.PrimitiveType.TIMESTAMP;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.rand;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.benchmarks.Measurement;
import dev.millrace.benchmarks.Results;
import dev.millrace.pipelines.core.Emit;
import dev.millrace.pipelines.core.Events;
import dev.millrace.pipelines.core.Location;
import dev.millrace.pipelines.core.Scan;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.core.WindowAggregate;
import dev.millrace.pipelines.core.WindowedFeature;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.pipelines.stores.OnlineStore;
import dev.millrace.pipelines.stores.RedisSettings;
import dev.millrace.pipelines.stores.StoredEntity;
import dev.millrace.transforms.aggregation.Aggregations;
import dev.millrace.transforms.type.EntityKey;
import dev.millrace.transforms.type.Micros;
import dev.millrace.transforms.type.Schema;
import dev.millrace.transforms.window.TileLayout;
import dev.millrace.transforms.window.Window;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** {@code benchmarks/run load}: the online store is loaded, beside spark-redis' writers. */
public final class LoadBenchmark {
  private static final Instant END = Instant.parse("2024-03-08T00:00:00Z");
  private static final String SPACE = "customers@1";
  private static final int FEATURES = 10;
  private static final int REPETITIONS = 5;
  private static final long SEED = 11;

  /** The least that is asked of two cores. */
  private static final double ROWS_A_SECOND = 150_000;

  private final SparkEngine engine;
  private final Sink.OnlineAddress address;
  private final Jedis redis;
  private final long entities;

  private LoadBenchmark(
      SparkEngine engine, Sink.OnlineAddress address, Jedis redis, long entities) {
    this.engine = engine;
    this.address = address;
    this.redis = redis;
    this.entities = entities;
  }

  /** Takes the file for the results, and how many entities. */
  public static void main(String[] arguments) throws Exception {
    long entities = Long.parseLong(arguments[1]);
    int port = free();
    RedisServer server =
        RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").build();
    server.start();
    Path folder = Files.createTempDirectory("load");
    try (SparkEngine engine = SparkEngine.local(Map.of());
        Jedis redis = new Jedis("127.0.0.1", port, 120_000)) {
      Sink.OnlineAddress address = new Sink.OnlineAddress("127.0.0.1", port);
      List<Measurement> all =
          new LoadBenchmark(engine, address, redis, entities).measured(folder.resolve("rows"));
      Results.print(all, System.out);
      Results.write(all, Path.of(arguments[0]));
    } finally {
      server.stop();
    }
  }

  private static int free() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  private List<Measurement> measured(Path file) {
    write(file);
    List<dev.millrace.transforms.type.Column> columns = new ArrayList<>();
    columns.add(new dev.millrace.transforms.type.Column("customer", LONG));
    columns.add(new dev.millrace.transforms.type.Column("seen_at", TIMESTAMP));
    names().forEach(name -> columns.add(new dev.millrace.transforms.type.Column(name, DOUBLE)));
    Scan scan =
        new Scan(
            new Location.Files(Location.Files.Format.PARQUET, file.toString()),
            new Schema(columns));
    // The engine's own scan of the same file finds these rows in memory too.
    Dataset<Row> rows = engine.read(scan).rows().persist();
    if (rows.count() != entities) {
      throw new IllegalStateException("not " + entities + " rows in memory");
    }
    Events events =
        new Events(
            "customers",
            scan,
            List.of("customer"),
            "seen_at",
            names().stream()
                .map(name -> new WindowedFeature(name, Aggregations.last(name), Window.lifetime()))
                .toList());
    List<Cost> ours = new ArrayList<>();
    List<Cost> again = new ArrayList<>();
    List<Cost> hash = new ArrayList<>();
    List<Cost> binary = new ArrayList<>();
    for (int i = -1; i < REPETITIONS; i++) {
      redis.flushAll();
      Cost fresh = cost(() -> load(events, END));
      Cost reloaded = cost(() -> load(events, END.plusSeconds(1)));
      if (i < 0) {
        check(rows, events);
      }
      redis.flushAll();
      Cost asHash = cost(() -> peer(rows, "hash"));
      redis.flushAll();
      Cost asBinary = cost(() -> peer(rows, "binary"));
      System.out.printf(
          "ours %s, again %s; hashes %s, binary %s%n", fresh, reloaded, asHash, asBinary);
      if (i >= 0) {
        ours.add(fresh);
        again.add(reloaded);
        hash.add(asHash);
        binary.add(asBinary);
      }
    }
    String what = "%,d entities of 10 values: ".formatted(entities);
    return List.of(
        compared(what + "s / spark-redis' hashes", Cost::seconds, ours, hash, 1 / 2.5),
        compared(what + "s / its binary model", Cost::seconds, ours, binary, 1),
        new Measurement(
            what + "us a row",
            median(ours, Cost::seconds) / entities * 1e6,
            null,
            1e6 / ROWS_A_SECOND),
        compared(what + "CPU s / hashes", Cost::cpu, ours, hash, 1 / 2.5),
        compared(what + "CPU s / binary", Cost::cpu, ours, binary, 1),
        new Measurement(
            what + "CPU us a row",
            median(ours, Cost::cpu) / entities * 1e6,
            null,
            2 * 1e6 / ROWS_A_SECOND),
        compared(what + "over themselves, s / hashes", Cost::seconds, again, hash, 1));
  }

  private static Measurement compared(
      String work, ToDoubleFunction<Cost> of, List<Cost> ours, List<Cost> peer, double bound) {
    return new Measurement(work, median(ours, of), median(peer, of), bound);
  }

  /**
   * What work cost.
   *
   * @param cpu of this process and of Redis, in seconds, which neighbours change less
   */
  private record Cost(double seconds, double cpu) {
    @Override
    public String toString() {
      return "%.2f s (CPU %.2f s)".formatted(seconds, cpu);
    }
  }

  private Cost cost(Runnable work) {
    double before = cpu();
    long start = System.nanoTime();
    work.run();
    return new Cost((System.nanoTime() - start) / 1e9, cpu() - before);
  }

  private double cpu() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9
        + redis
            .info("cpu")
            .lines()
            .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
            .sum();
  }

  private static List<String> names() {
    return IntStream.range(0, FEATURES).mapToObj(i -> "feature" + i).toList();
  }

  private void write(Path file) {
    List<Column> columns = new ArrayList<>();
    columns.add(col("id").as("customer"));
    columns.add(
        expr("timestamp'2024-03-01 00:00:00' + make_interval(0, 0, 0, 0, 0, 0, id % 86400)")
            .as("seen_at"));
    for (int i = 0; i < FEATURES; i++) {
      columns.add(rand(SEED + i).as(names().get(i)));
    }
    engine
        .session()
        .range(entities)
        .select(columns.toArray(Column[]::new))
        .write()
        .parquet(file.toString());
  }

  private void load(Events events, Instant end) {
    long loaded =
        engine
            .run(
                new Write(
                    new WindowAggregate(events, new Emit.Tiles(end)),
                    new Sink.Online(address, SPACE, Duration.ofDays(8))))
            .rows();
    if (loaded != entities) {
      throw new IllegalStateException(loaded + " entities were loaded");
    }
  }

  /** Holds some of what is there against the rows. */
  private void check(Dataset<Row> rows, Events events) {
    TileLayout layout = new TileLayout(events.bind(0));
    List<Row> some = rows.limit(1_000).collectAsList();
    try (OnlineStore store =
        OnlineStore.connect(RedisSettings.ofJob(address.host(), address.port()))) {
      if (store.entities(SPACE) != entities) {
        throw new IllegalStateException(store.entities(SPACE) + " entities are there");
      }
      for (Row row : some) {
        byte[] entity =
            EntityKey.encode(
                List.of(new dev.millrace.transforms.type.Column("customer", LONG)),
                List.of(row.getLong(0)));
        StoredEntity stored =
            store.read(List.of(new OnlineStore.Wanted(SPACE, entity))).get(0).orElseThrow();
        List<?> values = layout.present(Micros.of(END.plusSeconds(1)), stored.tiles(layout));
        for (int i = 0; i < FEATURES; i++) {
          if (!row.get(i + 2).equals(values.get(i))) {
            throw new IllegalStateException(row + " is there as " + values);
          }
        }
      }
    }
  }

  private void peer(Dataset<Row> rows, String model) {
    rows.drop("seen_at")
        .write()
        .format("org.apache.spark.sql.redis")
        .option("table", "customers")
        .option("key.column", "customer")
        .option("model", model)
        .option("host", address.host())
        .option("port", address.port())
        .option("max.pipeline.size", 500)
        .mode(SaveMode.Append)
        .save();
    if (redis.dbSize() < entities) {
      throw new IllegalStateException(redis.dbSize() + " keys are there");
    }
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> of) {
    return costs.stream().mapToDouble(of).sorted().toArray()[costs.size() / 2];
  }
}
