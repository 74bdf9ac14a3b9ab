package dev.millrace.benchmarks.online;

import dev.millrace.benchmarks.JavaProcess;
import dev.millrace.features.Source;
import dev.millrace.features.StreamJob;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.spark.SparkEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Follows the payments in a JVM of its own, as {@code millrace features stream} does: {@code
 * FollowerProcess BROKERS REDIS_PORT FOLDER [drain]}.
 */
final class FollowerProcess {
  private static final int HEAP = 3072;
  private static final long MOST = 4_000;

  /** In larger batches, so that what is behind is caught up with soon. */
  private static final long MOST_DRAINING = 40_000;

  private static final String FOLLOWS = "follows";

  private FollowerProcess() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[2]);
    boolean drains = arguments.length > 3;
    Source source = Payments.source(folder.resolve("files").toString());
    StreamJob job = new StreamJob(source, Payments.views(source));
    Sink.OnlineAddress redis = new Sink.OnlineAddress("127.0.0.1", Integer.parseInt(arguments[1]));
    try (SparkEngine engine =
            SparkEngine.local(Map.of("spark.millrace.kafka.main.bootstrap.servers", arguments[0]));
        Following following =
            engine.follow(
                job.plan(workspace(folder), redis),
                FollowSettings.at(folder.resolve("checkpoint").toString())
                    .atMost(drains ? MOST_DRAINING : MOST),
                batch ->
                    System.out.printf(
                        "batch %d: %d messages, %s, %d ms%n",
                        batch.position(),
                        batch.messages(),
                        batch.lag(),
                        batch.took().toMillis()))) {
      System.out.println(FOLLOWS);
      if (drains) {
        following.drain();
      } else {
        following.await();
      }
    }
  }

  /** Starts it; what it prints is in a file of its folder's. */
  static JavaProcess start(
      KafkaProcess kafka, Sink.OnlineAddress redis, Path folder, boolean drains, Path log)
      throws IOException {
    Files.createDirectories(folder);
    List<String> arguments =
        List.of(kafka.address(), Integer.toString(redis.port()), folder.toString());
    return JavaProcess.start(
        FollowerProcess.class.getName(),
        HEAP,
        log,
        drains
            ? List.of(arguments.get(0), arguments.get(1), arguments.get(2), "drain")
            : arguments);
  }

  /** Whether one that logs there has begun to follow. */
  static boolean follows(Path log) throws IOException {
    return Files.exists(log) && Files.readAllLines(log).contains(FOLLOWS);
  }

  /** How many batches one that logs there has done. */
  static long batches(Path log) throws IOException {
    return Files.exists(log)
        ? Files.readAllLines(log).stream().filter(line -> line.startsWith("batch ")).count()
        : 0;
  }

  static Workspace workspace(Path folder) {
    return new Workspace(folder.resolve("work").toString());
  }
}
