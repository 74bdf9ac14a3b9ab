package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.PipelinePlan;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.registry.Registry;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what a run would compute. */
@Command(
    name = "plan",
    description = {
      "Show what a run would compute, and why: what is missing, and what a changed definition or changed data invalidates, model versions of the registry included.",
      "Nothing is computed."
    })
final class PlanCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Pipeline pipeline = home.pipeline();
    TextTable table = new TextTable("task", "to compute", "of", "why");
    int steps = 0;
    try (Home open = home.claim();
        Registry registry = open.registry();
        SparkEngine engine = open.engine()) {
      List<PipelinePlan.Step> plan = PipelinePlan.of(pipeline, engine, open.workspace(), registry);
      for (PipelinePlan.Step step : plan) {
        table.row(
            step.task().id(),
            Integer.toString(step.partitions()),
            Integer.toString(step.of()),
            step.isCurrent() ? "current" : String.join("; ", step.why()));
        steps += step.isCurrent() ? 0 : 1;
      }
    }
    spec.commandLine().getOut().print(table);
    spec.commandLine()
        .getOut()
        .println(
            steps == 0
                ? "Nothing to do."
                : steps + " of " + pipeline.tasks().size() + " tasks have something to do.");
    spec.commandLine().getOut().flush();
    return 0;
  }
}
