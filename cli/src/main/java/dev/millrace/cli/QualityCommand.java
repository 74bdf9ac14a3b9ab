package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.QualityJob;
import dev.millrace.features.QualityJob.Judged;
import dev.millrace.features.Source;
import dev.millrace.pipelines.spark.SparkEngine;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what the rows of a source are like. */
@Command(
    name = "quality",
    description = {
      "Show what the rows of a source's log are like, of all days or some.",
      "The profile is merged from the states kept of each day, and what runs found by the source's",
      "expectations is what their commits say; no row is read."
    })
final class QualityCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();
  @Mixin private SourceOptions chosen = new SourceOptions();
  @Mixin private DayOptions days = new DayOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Pipeline pipeline = home.pipeline();
    PrintWriter out = spec.commandLine().getOut();
    List<Source> sources = chosen.of(pipeline);
    Optional<Days> of = days.of(pipeline.schedule().events());
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      for (Source each : sources) {
        QualityJob job = new QualityJob(each);
        QualityJob.Quality quality = job.quality(engine, open.workspace(), of);
        out.printf("%s: %d rows of %d days%n", each.name(), quality.rows(), quality.days());
        List<LocalDate> stale = quality.stale();
        if (!stale.isEmpty()) {
          out.printf(
              "not current: %d days, %s to %s, kept for other columns than it has now:"
                  + " run features ingest --source %s --from %s --to %s%n",
              stale.size(),
              stale.get(0),
              stale.get(stale.size() - 1),
              each.name(),
              stale.get(0),
              stale.get(stale.size() - 1).plusDays(1));
        }
        out.print(QualityTable.of(quality));
        out.print(expectations(each, job.judged(engine, open.workspace(), of), of));
      }
    }
    out.flush();
    return 0;
  }

  private static String expectations(Source source, List<Judged> judged, Optional<Days> days) {
    String of = "expectations of " + source.name();
    if (source.expectations().isEmpty()) {
      return of + ": it has none\n";
    }
    String runs = days.map(some -> "runs of " + some).orElse("the last run");
    return judged.isEmpty()
        ? of + ": nothing is kept of " + runs + "; features ingest judges them\n"
        : of + ", as " + runs + " found:\n" + QualityTable.of(judged);
  }
}
