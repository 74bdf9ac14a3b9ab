package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.PipelineTables;
import dev.millrace.features.CompactJob;
import dev.millrace.pipelines.spark.SparkEngine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Joins small files. */
@Command(
    name = "compact",
    description = {
      "Join the small files that many runs of few days leave in tables.",
      "Rows stay as they are, and so does what is current."
    })
final class CompactCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    TextTable table = new TextTable("table", "files joined", "to");
    try (Home open = home.claim();
        SparkEngine engine = open.engine()) {
      CompactJob job = new CompactJob(new PipelineTables(pipeline, open.workspace()).paths());
      Progress.during("compact", engine, () -> job.run(engine))
          .forEach(
              (path, files) ->
                  table.row(path, Long.toString(files.before()), Long.toString(files.after())));
    }
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
