package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.IngestJob;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
  @Mixin private SourceOptions chosen = new SourceOptions();
  @Mixin private DayOptions days = new DayOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    TextTable table = new TextTable("source", "rows", "set aside", "version");
    List<Source> sources = chosen.of(pipeline);
    Optional<Days> of = days.of(pipeline.schedule().events());
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      for (Source each : sources) {
        WriteReport report =
            Progress.during(
                "ingest " + each.name(),
                engine,
                () -> new IngestJob(each).run(engine, open.workspace(), of));
        row(table, each, report);
      }
    }
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** A line of what became of a source's rows. */
  static void row(TextTable table, Source source, WriteReport report) {
    table.row(
        source.name(),
        Long.toString(report.rows()),
        Long.toString(report.quarantined()),
        report.version() + (report.unchanged() ? " (unchanged)" : ""));
  }
}
