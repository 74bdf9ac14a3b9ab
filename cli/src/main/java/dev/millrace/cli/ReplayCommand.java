package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.IngestJob;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.spark.SparkEngine;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Judges rows that were set aside again. */
@Command(
    name = "replay",
    description = {
      "Judge rows that were set aside again, by what is expected of them now: those that hold go into the log.",
      "For after an expectation was mended; rows mended at their origin are ingested again."
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();
  @Mixin private DayOptions days = new DayOptions();

  @Option(names = "--source", paramLabel = "SOURCE", required = true, description = "The source.")
  private String source = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    Source of =
        Chosen.of("source", source, pipeline.sources(), Source::name, pipeline.name()).get(0);
    Optional<Days> judged = days.of(pipeline.schedule().events());
    TextTable table = new TextTable("source", "rows", "set aside", "version");
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      WriteReport report =
          Progress.during(
              "replay " + of.name(),
              engine,
              () -> new IngestJob(of).replay(engine, open.workspace(), judged));
      IngestCommand.row(table, of, report);
    }
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
