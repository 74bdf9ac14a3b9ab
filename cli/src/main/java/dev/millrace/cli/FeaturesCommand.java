package dev.millrace.cli;

import picocli.CommandLine.Command;

/** Features of the project. */
@Command(
    name = "features",
    description = "Bring in rows, compute feature values and look at them.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      IngestCommand.class,
      ReplayCommand.class,
      QualityCommand.class,
      SuggestCommand.class,
      BackfillCommand.class,
      StreamCommand.class,
      CompactCommand.class,
      VacuumCommand.class,
      ReadCommand.class,
      SwitchCommand.class,
      AuditCommand.class,
      LeakageCommand.class
    })
final class FeaturesCommand {
  private FeaturesCommand() {}
}
