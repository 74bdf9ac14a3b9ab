package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.PipelineRun;
import dev.millrace.dags.Task;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.OnlineAudit;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.registry.Registry;
import dev.millrace.training.CodeVersion;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the whole pipeline of the project on this machine, and shows each step. */
@Command(
    name = "quickstart",
    description = {
      "Run the example's whole way: flights from a file to a drift report.",
      "Everything it writes lies in one folder; a second run there changes nothing that has not changed."
    })
final class QuickstartCommand implements Callable<Integer> {
  @Mixin private HomeOptions where = new HomeOptions();

  @Option(
      names = "--redis-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "The port for Redis (default: a free one).")
  private int redisPort;

  @Option(
      names = "--stream",
      description =
          "Replay the last week through Kafka instead, and hold stream, online and batch against each other.")
  private boolean streams;

  @Mixin private EngineOptions engines = new EngineOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    engines.check();
    if (redisPort < 0 || redisPort > 65_535) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--redis-port': "
              + redisPort
              + " is no port; give 1 to 65535, or 0 for a free one");
    }
    long began = System.nanoTime();
    try (Home home = where.claim()) {
      if (streams) {
        new StreamReplay(home, where.pipeline(), engines, spec.commandLine().getOut()).run();
        return 0;
      }
      run(home, where.pipeline(), spec.commandLine().getOut(), began);
    }
    return 0;
  }

  private void run(Home home, Pipeline pipeline, PrintWriter out, long began) throws Exception {
    try (LocalRedis redis = LocalRedis.start(home.folder().resolve("redis"), redisPort);
        Registry registry = home.registry()) {
      QuickstartReport report = new QuickstartReport(out, home, pipeline);
      report.begin(redis.address());
      try (SparkEngine engine = home.engine();
          EngineOptions.Opened features = engines.open(home)) {
        CodeVersion code = CodeVersion.of(Home.projectFolder());
        PipelineRun run =
            new PipelineRun(
                engine,
                features.or(engine),
                home.workspace(),
                registry,
                redis.address(),
                code,
                System.getProperty("user.name", "unknown"));
        List<Task> tasks = pipeline.tasks();
        for (Task task : tasks) {
          report.step(task.id());
          report.result(Progress.during(task.id(), engine, () -> run.run(task)));
        }
        report.step("read the features back");
        readBack(engine, home, redis, pipeline, report);
      }
      report.end(registry, Duration.ofNanos(System.nanoTime() - began));
    }
  }

  private static void readBack(
      SparkEngine engine, Home home, LocalRedis redis, Pipeline pipeline, QuickstartReport report)
      throws Exception {
    List<FeatureView> views =
        pipeline.views().stream().filter(view -> view.online().isPresent()).toList();
    try (FeatureReader reader =
        FeatureReader.connect(redis.address(), Duration.ofSeconds(5), views)) {
      report.vector(reader, Home.project().exampleEntity());
      List<OnlineAudit.Report> audits = new ArrayList<>();
      for (FeatureView view : views) {
        OnlineAudit audit = new OnlineAudit(view, pipeline.schedule().end());
        audits.add(
            Progress.during(
                "audit " + view.name(), engine, () -> audit.run(engine, home.workspace(), reader)));
      }
      report.audits(views, audits);
    }
  }
}
