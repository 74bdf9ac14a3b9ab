package dev.millrace.cli;

import dev.millrace.dags.Pipeline;
import dev.millrace.dags.PipelineTables;
import dev.millrace.features.VacuumJob;
import dev.millrace.pipelines.spark.SparkEngine;
import dev.millrace.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Deletes what only old versions of tables have. */
@Command(
    name = "vacuum",
    description = {
      "Delete the files that only old versions of tables have: those can be read no more.",
      "Versions that a registered model was trained on are kept."
    })
final class VacuumCommand implements Callable<Integer> {
  @Mixin private HomeOptions home = new HomeOptions();

  @Option(
      names = "--keep",
      paramLabel = "DAYS",
      defaultValue = "30",
      description =
          "How long a version can be read after another took its place (default: ${DEFAULT-VALUE}).")
  private int keep = 30;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = home.pipeline();
    VacuumJob job = new VacuumJob(Duration.ofDays(keep));
    TextTable table = new TextTable("table", "files deleted");
    try (Home open = home.claim();
        Registry registry = open.registry();
        SparkEngine engine = open.engine()) {
      PipelineTables tables = new PipelineTables(pipeline, open.workspace());
      Map<String, Set<Long>> pinned = tables.pinned(registry);
      Progress.during(
              "vacuum", engine, () -> job.run(engine, tables.paths(), pinned, Instant.now()))
          .forEach((path, files) -> table.row(path, Long.toString(files)));
    }
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
