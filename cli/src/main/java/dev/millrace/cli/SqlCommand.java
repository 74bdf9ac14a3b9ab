package dev.millrace.cli;

import dev.millrace.pipelines.spark.SparkEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks the tables of a run in Spark SQL. */
@Command(
    name = "sql",
    description = {
      "Ask a run's tables in Spark SQL.",
      "Delta tables are delta.`PATH`; the registry is registry.models.versions, history, artifacts, definitions and runs."
    })
final class SqlCommand implements Callable<Integer> {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "millrace-quickstart",
      description = "Where the run lies (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("millrace-quickstart");

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "50",
      description = "Rows shown at most (default: ${DEFAULT-VALUE}).")
  private int rows = 50;

  @Parameters(paramLabel = "QUERY", description = "The query.")
  private String query = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (Home home = Home.existing(dir).claimed();
        SparkEngine engine = home.engine()) {
      List<List<String>> lines = engine.sql(query, rows);
      TextTable table = new TextTable(lines.get(0).toArray(String[]::new));
      lines.subList(1, lines.size()).forEach(line -> table.row(line.toArray(String[]::new)));
      spec.commandLine().getOut().print(table);
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
