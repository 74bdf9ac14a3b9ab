package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.IngestJob;
import dev.millrace.features.QualityJob;
import dev.millrace.features.Source;
import dev.millrace.features.Workspace;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings in rows of sources. */
@Command(
    name = "ingest",
    description = {
      "Bring a source's rows into its log, all or those of some days.",
      "Days replace what the log holds of them; values that reach them are computed anew by 'backfill'."
    })
final class IngestCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();
  @Mixin private DayOptions days = new DayOptions();

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description = "The source (default: every source of the pipeline).")
  private @Nullable String source;

  @Spec private CommandSpec spec = CommandSpec.create();

  private WriteReport ingest(SparkEngine engine, Workspace workspace, Source of, Days scheduled) {
    IngestJob job = new IngestJob(of);
    QualityJob quality = new QualityJob(of);
    if (!days.given()) {
      WriteReport report = job.run(engine, workspace);
      quality.run(engine, workspace);
      return report;
    }
    WriteReport report = engine.run(job.plan(workspace, days.or(scheduled)));
    engine.run(quality.plan(workspace, days.or(scheduled)));
    return report;
  }

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    TextTable table = new TextTable("source", "rows", "set aside", "version");
    List<Source> sources =
        Chosen.of("source", source, pipeline.sources(), Source::name, pipeline.name());
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      for (Source each : sources) {
        WriteReport report =
            Progress.during(
                "ingest " + each.name(),
                engine,
                () -> ingest(engine, open.workspace(), each, pipeline.schedule().events()));
        table.row(
            each.name(),
            Long.toString(report.rows()),
            Long.toString(report.quarantined()),
            report.version() + (report.unchanged() ? " (unchanged)" : ""));
      }
    }
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
