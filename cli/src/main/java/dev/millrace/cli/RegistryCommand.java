package dev.millrace.cli;

import dev.millrace.registry.ModelVersion;
import dev.millrace.registry.Registry;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The registry. */
@Command(
    name = "registry",
    description = "Look at registered models.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = RegistryCommand.ListVersions.class)
final class RegistryCommand {
  private RegistryCommand() {}

  /** Lists every version of every model. */
  @Command(name = "list", description = "List every version of every model.")
  static final class ListVersions implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        defaultValue = "millrace-quickstart",
        description = "Where the run lies (default: ${DEFAULT-VALUE}).")
    private Path dir = Path.of("millrace-quickstart");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      TextTable table = new TextTable("version", "alias", "test AUC", "created", "code", "sha256");
      try (Home home = Home.existing(dir);
          Registry registry = home.registry()) {
        for (String model : registry.models()) {
          for (ModelVersion version : registry.versions(model)) {
            boolean champion =
                registry.alias(model, "champion").filter(v -> v == version.version()).isPresent();
            table.row(
                version.reference(),
                champion ? "champion" : "",
                String.format(
                    Locale.ROOT,
                    "%.4f",
                    version.details().metric("auc", "test").orElse(Double.NaN)),
                version.createdAt().toString(),
                version.details().code().commit(),
                version.artifact().digest().sha256().substring(0, 12));
          }
        }
      }
      spec.commandLine().getOut().print(table);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }
}
