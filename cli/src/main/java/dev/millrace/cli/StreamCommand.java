package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Source;
import dev.millrace.features.StreamJob;
import dev.millrace.features.StreamMetrics;
import dev.millrace.pipelines.core.FollowSettings;
import dev.millrace.pipelines.core.Following;
import dev.millrace.pipelines.spark.SparkEngine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Follows a source's stream until it is stopped. */
@Command(
    name = "stream",
    description = {
      "Follow a source's stream: its rows go into the log and the online store, until the command is stopped.",
      "Started again, it goes on where it was."
    })
final class StreamCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();
  @Mixin private SourceOptions chosen = new SourceOptions();
  @Mixin private EngineOptions engines = new EngineOptions();

  @Option(
      names = "--kafka",
      paramLabel = "NAME=HOST:PORT",
      description = "Where the brokers are that a definition calls by a name.")
  private Map<String, String> kafka = Map.of();

  @Option(
      names = "--pubsub",
      paramLabel = "NAME=PROJECT",
      description = "The project of Google's whose Pub/Sub a definition calls by a name.")
  private Map<String, String> pubsub = Map.of();

  @Option(
      names = "--conf",
      paramLabel = "NAME=VALUE",
      description = "A setting of Spark, as spark.millrace.kafka.main.security.protocol=SSL.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--trigger",
      paramLabel = "MILLISECONDS",
      defaultValue = "200",
      description = "How long after the beginning of a batch the next begins (default: 200).")
  private long trigger;

  @Option(
      names = "--most",
      paramLabel = "MESSAGES",
      description =
          "How many messages, or files, one batch of Spark's takes at most (default: 100000).")
  private @Nullable Long most;

  @Option(
      names = "--accept-loss",
      description = "Go on where a topic's retention has passed messages that no batch had.")
  private boolean acceptsLoss;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Where Prometheus finds /metrics (default: a free port).")
  private int metricsPort;

  @Option(
      names = "--drain",
      description = "Stop when all that the stream holds is where it belongs.")
  private boolean drains;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    engines.check();
    if (most != null && engines.isBeam()) {
      throw new ParameterException(
          spec.commandLine(),
          "--most "
              + most
              + " is of Spark's batches: a runner of Beam takes what it has room for; leave it out");
    }
    Pipeline pipeline = home.pipeline();
    Source source = source(chosen.of(pipeline));
    StreamJob job = new StreamJob(source, pipeline.views());
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> all = new LinkedHashMap<>();
    kafka.forEach(
        (name, address) -> all.put("spark.millrace.kafka." + name + ".bootstrap.servers", address));
    all.putAll(settings);
    Map<String, String> connections = new LinkedHashMap<>();
    kafka.forEach(
        (name, address) -> connections.put("kafka." + name + ".bootstrap.servers", address));
    pubsub.forEach((name, project) -> connections.put("pubsub." + name + ".project", project));
    try (Home open = home.claim();
        LocalRedis redis = LocalRedis.start(open.folder().resolve("redis"), 0);
        SparkEngine engine = open.engine(all);
        EngineOptions.Opened features = engines.open(open, connections);
        StreamMetrics metrics = new StreamMetrics(source)) {
      int port = metrics.serve(metricsPort);
      FollowSettings follow =
          FollowSettings.at(open.folder().resolve("streams").resolve(source.name()).toString())
              .every(Duration.ofMillis(trigger));
      if (most != null) {
        follow = follow.atMost(most);
      }
      Following following =
          features
              .or(engine)
              .follow(
                  job.plan(open.workspace(), redis.address()),
                  acceptsLoss ? follow.acceptingLoss() : follow,
                  batch -> {
                    metrics.done(batch);
                    out.printf(
                        "batch %d: %d messages, %d accepted, %d set aside, %d late, %s, %d ms%n",
                        batch.position(),
                        batch.messages(),
                        batch.accepted(),
                        batch.setAside(),
                        batch.late(),
                        batch.lag(),
                        batch.took().toMillis());
                    out.flush();
                  });
      Thread stop = new Thread(following::close, "stop-stream");
      Runtime.getRuntime().addShutdownHook(stop);
      out.printf(
          "Following source '%s' from %s; metrics at http://localhost:%d/metrics; Ctrl-C stops it.%n",
          source.name(), source.stream().orElseThrow(), port);
      out.flush();
      try (following) {
        if (drains) {
          following.drain();
        } else {
          following.await();
        }
      }
    }
    return 0;
  }

  private Source source(List<Source> sources) {
    List<Source> streamed = sources.stream().filter(each -> each.stream().isPresent()).toList();
    if (streamed.size() != 1) {
      throw new ParameterException(
          spec.commandLine(),
          streamed.isEmpty()
              ? "None of the sources "
                  + sources.stream().map(Source::name).toList()
                  + " has a stream: give one a stream(...) in its definition"
              : "Several sources have a stream, "
                  + streamed.stream().map(Source::name).toList()
                  + ": choose one with --source");
    }
    return streamed.get(0);
  }
}
