package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.FeatureView;
import dev.millrace.features.MaterializeJob;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Computes values of views. */
@Command(
    name = "backfill",
    description = {
      "Compute the values of a view's days that are missing or not current, some days a commit.",
      "A run that was stopped goes on from its last commit when it is run again."
    })
final class BackfillCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();
  @Mixin private DayOptions days = new DayOptions();

  @Option(
      names = "--view",
      paramLabel = "VIEW",
      description = "The feature view (default: every view of the pipeline).")
  private @Nullable String view;

  @Option(
      names = "--chunk",
      paramLabel = "DAYS",
      description = "How many days in one commit (default: ${DEFAULT-VALUE}).")
  private int chunk = MaterializeJob.MOST_DAYS;

  @Option(
      names = "--online",
      description = "Load the online store too, as of the end of the schedule.")
  private boolean online;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    PrintWriter out = spec.commandLine().getOut();
    List<LocalDate> all = pipeline.schedule().days();
    Days within = days.or(new Days(all.get(0), all.get(all.size() - 1).plusDays(1)));
    List<FeatureView> views =
        Chosen.of("feature view", view, pipeline.views(), FeatureView::name, pipeline.name());
    if (chunk < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--chunk': a commit of "
              + chunk
              + " days computes nothing; give 1 or more");
    }
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      for (FeatureView each : views) {
        MaterializeJob job = new MaterializeJob(each, pipeline.schedule());
        int computed =
            Progress.during(
                "backfill " + each.name(),
                engine,
                () ->
                    job.backfill(
                        engine, open.workspace(), within, chunk, new Told(each.name(), out)));
        if (computed == 0) {
          out.printf("%s: %s is current%n", each.name(), within);
        }
        out.flush();
        if (online) {
          load(job, engine, open);
        }
      }
    }
    return 0;
  }

  private void load(MaterializeJob job, SparkEngine engine, Home open) throws Exception {
    try (LocalRedis redis = LocalRedis.start(open.folder().resolve("redis"), 0)) {
      Optional<Write> load = job.onlinePlan(open.workspace(), redis.address());
      if (load.isPresent()) {
        WriteReport report =
            Progress.during("load " + job.view().name(), engine, () -> engine.run(load.get()));
        String found =
            report.unchanged()
                ? "a stream has brought more online already"
                : report.rows() + " entities online";
        spec.commandLine().getOut().printf("%s: %s%n", job.view().name(), found);
        spec.commandLine().getOut().flush();
      }
    }
  }

  /** Tells of a backfill, a line for each commit. */
  private record Told(String view, PrintWriter out) implements MaterializeJob.Listener {
    @Override
    public void begins(int days) {
      out.printf("%s: %d days to compute%n", view, days);
      out.flush();
    }

    @Override
    public void written(Days days, WriteReport report, int done, int total) {
      out.printf(
          "%s: %s written, %d of %d days, %d values%n", view, days, done, total, report.rows());
      out.flush();
    }
  }
}
