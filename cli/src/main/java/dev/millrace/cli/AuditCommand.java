package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.FeatureReader;
import dev.millrace.features.FeatureView;
import dev.millrace.features.OnlineAudit;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.transforms.problem.MillraceException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Holds both stores against each other. */
@Command(
    name = "audit",
    description =
        "Compute the values of every entity, or of a sample, anew from the log, and hold the online ones against them.")
final class AuditCommand implements Callable<Integer> {
  private static final int MOST_SHOWN = 20;

  @Mixin private HomeOptions home = new HomeOptions();

  @Option(
      names = "--view",
      paramLabel = "VIEW",
      description = "The feature view (default: every view that is kept online).")
  private @Nullable String view;

  @Option(
      names = "--at",
      converter = Time.class,
      paramLabel = "TIME",
      description = "The time, as 2001-02-05T00:00:00Z (default: the end of the schedule).")
  private @Nullable Instant at;

  @Option(
      names = "--share",
      paramLabel = "SHARE",
      defaultValue = "1",
      description = "The share of the entities to look at, 0 to 1 (default: all of them).")
  private double share;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    PrintWriter out = spec.commandLine().getOut();
    List<FeatureView> views =
        Chosen.of(
            "feature view",
            view,
            pipeline.views().stream().filter(each -> each.online().isPresent()).toList(),
            FeatureView::name,
            pipeline.name());
    long differing = 0;
    try (Home open = home.claim();
        SparkEngine engine = open.engine();
        LocalRedis redis = LocalRedis.start(open.folder().resolve("redis"), 0);
        FeatureReader reader =
            FeatureReader.connect(redis.address(), Duration.ofSeconds(5), views)) {
      for (FeatureView each : views) {
        OnlineAudit audit =
            new OnlineAudit(each, at == null ? pipeline.schedule().end() : at, share);
        OnlineAudit.Report report =
            Progress.during(
                "audit " + each.name(), engine, () -> audit.run(engine, open.workspace(), reader));
        out.printf(
            "%s: %d values of %d entities at %s, %d differ%n",
            each.name(),
            report.values(),
            report.entities(),
            report.time(),
            report.differences().size());
        report.differences().stream().limit(MOST_SHOWN).forEach(one -> out.printf("  %s%n", one));
        if (report.moved() > 0) {
          out.printf("  %d entities have events since, and were not compared%n", report.moved());
        }
        if (report.unknown() > 0) {
          out.printf("  %d entities online are not in the log%n", report.unknown());
        }
        differing += report.differences().size() + report.unknown();
      }
    }
    out.flush();
    if (differing > 0) {
      throw MillraceException.because(
          differing + " online values differ from the offline ones",
          "one of the stores was written from other events",
          "Load the online store again with features backfill --online");
    }
    return 0;
  }
}
