package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.features.Days;
import dev.millrace.features.QualityJob;
import dev.millrace.features.Source;
import dev.millrace.pipelines.core.Node;
import dev.millrace.pipelines.spark.SparkEngine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Suggests expectations. */
@Command(
    name = "suggest",
    description = {
      "Suggest expectations that the rows of a source's log hold now, as Deequ finds them.",
      "They are what these rows were like: widen them before they are relied on."
    })
final class SuggestCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();
  @Mixin private SourceOptions chosen = new SourceOptions();
  @Mixin private DayOptions days = new DayOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    PrintWriter out = spec.commandLine().getOut();
    List<Source> sources = chosen.of(pipeline);
    Optional<Days> of = days.of(pipeline.schedule().events());
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      for (Source each : sources) {
        Node rows = new QualityJob(each).rows(open.workspace(), of);
        TextTable table = new TextTable("expectation of " + each.name(), "since");
        Progress.during("suggest " + each.name(), engine, () -> engine.suggest(rows))
            .forEach(suggested -> table.row(suggested.code(), suggested.since()));
        out.print(table);
      }
    }
    out.flush();
    return 0;
  }
}
