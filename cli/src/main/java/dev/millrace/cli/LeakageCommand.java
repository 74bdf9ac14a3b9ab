package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.training.LeakageAudit;
import dev.millrace.training.ModelSpec;
import dev.millrace.transforms.problem.MillraceException;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for features that see the future. */
@Command(
    name = "leakage",
    description = {
      "Change all that was not known at some times, and show that no feature asked for by then moves.",
      "A request's own row is of later, but for its keys, the columns of its time and those said to be known."
    })
final class LeakageCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();

  @Option(names = "--model", paramLabel = "MODEL", required = true, description = "The model.")
  private String model = "";

  @Option(
      names = "--known",
      paramLabel = "COLUMN",
      split = ",",
      description = "Columns of a request that are known when it is made, such as a timetable's.")
  private Set<String> known = Set.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    ModelSpec of =
        Chosen.of("model", model, pipeline.models(), ModelSpec::name, pipeline.name()).get(0);
    LeakageAudit audit = new LeakageAudit(of.trainingSet(), known);
    PrintWriter out = spec.commandLine().getOut();
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      LeakageAudit.Report report =
          Progress.during("leakage of " + model, engine, () -> audit.run(engine, open.workspace()));
      out.printf(
          "%d requests at %s, %d later rows changed: %s%n",
          report.requests(),
          report.times(),
          report.changed(),
          report.moved().isEmpty() ? "no feature moved" : "features moved");
      if (report.moved().isEmpty()) {
        out.flush();
        return 0;
      }
      TextTable table = new TextTable("feature", "values that moved");
      report.moved().forEach(moved -> table.row(moved.column(), Long.toString(moved.values())));
      out.print(table);
      out.flush();
    }
    throw MillraceException.because(
        "Features of model '" + model + "' see what is known only later",
        "their values moved with it",
        "Take other columns, or name those that are known by then with --known");
  }
}
